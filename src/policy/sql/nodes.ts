/**
 * The fields of every node the raw parser makes, so that nothing in a tree goes unseen: `name` holds
 * a plain value, `name:node` a node, `name:nodes` a list of nodes, `name:Type` the fields of a `Type`
 * without the key that would name it. A node or a field that is not listed is not understood.
 */
const FIELDS = {
  Integer: 'ival',
  Float: 'fval',
  Boolean: 'boolval',
  String: 'sval',
  BitString: 'bsval',
  List: 'items:nodes',
  A_Const: 'ival:Integer fval:Float boolval:Boolean sval:String bsval:BitString isnull location',
  Alias: 'aliasname colnames:nodes',
  RangeVar: 'catalogname schemaname relname inh relpersistence alias:Alias location',
  IntoClause: 'rel:RangeVar colNames:nodes accessMethod options:nodes onCommit tableSpaceName skipData',
  GroupingFunc: 'args:nodes refs:nodes agglevelsup location',
  MergeSupportFunc: 'msftype msfcollid location',
  NamedArgExpr: 'arg:node name argnumber location',
  BoolExpr: 'boolop args:nodes location',
  SubLink: 'subLinkType subLinkId testexpr:node operName:nodes subselect:node location',
  CaseExpr: 'casetype casecollid arg:node args:nodes defresult:node location',
  CaseWhen: 'expr:node result:node location',
  RowExpr: 'args:nodes row_typeid row_format colnames:nodes location',
  CoalesceExpr: 'coalescetype coalescecollid args:nodes location',
  MinMaxExpr: 'minmaxtype minmaxcollid inputcollid op args:nodes location',
  SQLValueFunction: 'op type typmod location',
  XmlExpr: 'op name named_args:nodes arg_names:nodes args:nodes xmloption indent type typmod location',
  JsonFormat: 'format_type encoding location',
  JsonReturning: 'format:JsonFormat typid typmod',
  JsonValueExpr: 'raw_expr:node formatted_expr:node format:JsonFormat',
  JsonIsPredicate: 'expr:node format:JsonFormat item_type unique_keys location',
  JsonBehavior: 'btype expr:node coerce location',
  NullTest: 'arg:node nulltesttype argisrow location',
  BooleanTest: 'arg:node booltesttype location',
  SetToDefault: 'typeId typeMod collation location',
  CurrentOfExpr: 'cvarno cursor_name cursor_param',
  JoinExpr:
    'jointype isNatural larg:node rarg:node usingClause:nodes join_using_alias:Alias quals:node alias:Alias rtindex',
  TypeName: 'names:nodes typeOid setof pct_type typmods:nodes typemod arrayBounds:nodes location',
  ColumnRef: 'fields:nodes location',
  ParamRef: 'number location',
  A_Expr: 'kind name:nodes lexpr:node rexpr:node rexpr_list_start rexpr_list_end location',
  TypeCast: 'arg:node typeName:TypeName location',
  CollateClause: 'arg:node collname:nodes location',
  RoleSpec: 'roletype rolename location',
  FuncCall:
    'funcname:nodes args:nodes agg_order:nodes agg_filter:node over:WindowDef agg_within_group agg_star agg_distinct func_variadic funcformat location',
  A_Star: '',
  A_Indices: 'is_slice lidx:node uidx:node',
  A_Indirection: 'arg:node indirection:nodes',
  A_ArrayExpr: 'elements:nodes list_start list_end location',
  ResTarget: 'name indirection:nodes val:node location',
  MultiAssignRef: 'source:node colno ncolumns',
  SortBy: 'node:node sortby_dir sortby_nulls useOp:nodes location',
  WindowDef:
    'name refname partitionClause:nodes orderClause:nodes frameOptions startOffset:node endOffset:node location',
  RangeSubselect: 'lateral subquery:node alias:Alias',
  RangeFunction: 'lateral ordinality is_rowsfrom functions:nodes alias:Alias coldeflist:nodes',
  RangeTableFunc: 'lateral docexpr:node rowexpr:node namespaces:nodes columns:nodes alias:Alias location',
  RangeTableFuncCol: 'colname typeName:TypeName for_ordinality is_not_null colexpr:node coldefexpr:node location',
  RangeTableSample: 'relation:node method:nodes args:nodes repeatable:node location',
  ColumnDef:
    'colname typeName:TypeName compression inhcount is_local is_not_null is_from_type storage storage_name raw_default:node cooked_default:node identity identitySequence:RangeVar generated collClause:CollateClause collOid constraints:nodes fdwoptions:nodes location',
  TableLikeClause: 'relation:RangeVar options relationOid',
  IndexElem: 'name expr:node indexcolname collation:nodes opclass:nodes opclassopts:nodes ordering nulls_ordering',
  DefElem: 'defnamespace defname arg:node defaction location',
  LockingClause: 'lockedRels:nodes strength waitPolicy',
  XmlSerialize: 'xmloption expr:node typeName:TypeName indent location',
  PartitionElem: 'name expr:node collation:nodes opclass:nodes location',
  PartitionSpec: 'strategy partParams:nodes location',
  PartitionBoundSpec:
    'strategy is_default modulus remainder listdatums:nodes lowerdatums:nodes upperdatums:nodes location',
  PartitionRangeDatum: 'kind value:node location',
  PartitionCmd: 'name:RangeVar bound:PartitionBoundSpec concurrent',
  GroupingSet: 'kind content:nodes location',
  WithClause: 'ctes:nodes recursive location',
  InferClause: 'indexElems:nodes whereClause:node conname location',
  OnConflictClause: 'action infer:InferClause targetList:nodes whereClause:node location',
  CTESearchClause: 'search_col_list:nodes search_breadth_first search_seq_column location',
  CTECycleClause:
    'cycle_col_list:nodes cycle_mark_column cycle_mark_value:node cycle_mark_default:node cycle_path_column location cycle_mark_type cycle_mark_typmod cycle_mark_collation cycle_mark_neop',
  CommonTableExpr:
    'ctename aliascolnames:nodes ctematerialized ctequery:node search_clause:CTESearchClause cycle_clause:CTECycleClause location cterecursive cterefcount ctecolnames:nodes ctecoltypes:nodes ctecoltypmods:nodes ctecolcollations:nodes',
  MergeWhenClause: 'matchKind commandType override condition:node targetList:nodes values:nodes',
  ReturningOption: 'option value location',
  ReturningClause: 'options:nodes exprs:nodes',
  TriggerTransition: 'name isNew isTable',
  JsonOutput: 'typeName:TypeName returning:JsonReturning',
  JsonArgument: 'val:JsonValueExpr name',
  JsonFuncExpr:
    'op column_name context_item:JsonValueExpr pathspec:node passing:nodes output:JsonOutput on_empty:JsonBehavior on_error:JsonBehavior wrapper quotes location',
  JsonTablePathSpec: 'string:node name name_location location',
  JsonTable:
    'context_item:JsonValueExpr pathspec:JsonTablePathSpec passing:nodes columns:nodes on_error:JsonBehavior alias:Alias lateral location',
  JsonTableColumn:
    'coltype name typeName:TypeName pathspec:JsonTablePathSpec format:JsonFormat wrapper quotes columns:nodes on_empty:JsonBehavior on_error:JsonBehavior location',
  JsonKeyValue: 'key:node value:JsonValueExpr',
  JsonParseExpr: 'expr:JsonValueExpr output:JsonOutput unique_keys location',
  JsonScalarExpr: 'expr:node output:JsonOutput location',
  JsonSerializeExpr: 'expr:JsonValueExpr output:JsonOutput location',
  JsonObjectConstructor: 'exprs:nodes output:JsonOutput absent_on_null unique location',
  JsonArrayConstructor: 'exprs:nodes output:JsonOutput absent_on_null location',
  JsonArrayQueryConstructor: 'query:node output:JsonOutput format:JsonFormat absent_on_null location',
  JsonAggConstructor: 'output:JsonOutput agg_filter:node agg_order:nodes over:WindowDef location',
  JsonObjectAgg: 'constructor:JsonAggConstructor arg:JsonKeyValue absent_on_null unique',
  JsonArrayAgg: 'constructor:JsonAggConstructor arg:JsonValueExpr absent_on_null',
  RawStmt: 'stmt:node stmt_location stmt_len',
  InsertStmt:
    'relation:RangeVar cols:nodes selectStmt:node onConflictClause:OnConflictClause returningClause:ReturningClause withClause:WithClause override',
  DeleteStmt:
    'relation:RangeVar usingClause:nodes whereClause:node returningClause:ReturningClause withClause:WithClause',
  UpdateStmt:
    'relation:RangeVar targetList:nodes whereClause:node fromClause:nodes returningClause:ReturningClause withClause:WithClause',
  MergeStmt:
    'relation:RangeVar sourceRelation:node joinCondition:node mergeWhenClauses:nodes returningClause:ReturningClause withClause:WithClause',
  SelectStmt:
    'distinctClause:nodes intoClause:IntoClause targetList:nodes fromClause:nodes whereClause:node groupClause:nodes groupDistinct havingClause:node windowClause:nodes valuesLists:nodes sortClause:nodes limitOffset:node limitCount:node limitOption lockingClause:nodes withClause:WithClause op all larg:SelectStmt rarg:SelectStmt',
  ReturnStmt: 'returnval:node',
  CreateSchemaStmt: 'schemaname authrole:RoleSpec schemaElts:nodes if_not_exists',
  AlterTableStmt: 'relation:RangeVar cmds:nodes objtype missing_ok',
  AlterTableCmd: 'subtype name num newowner:RoleSpec def:node behavior missing_ok recurse',
  ATAlterConstraint:
    'conname alterEnforceability is_enforced alterDeferrability deferrable initdeferred alterInheritability noinherit',
  ReplicaIdentityStmt: 'identity_type name',
  AlterCollationStmt: 'collname:nodes',
  AlterDomainStmt: 'subtype typeName:nodes name def:node behavior missing_ok',
  GrantStmt:
    'is_grant targtype objtype objects:nodes privileges:nodes grantees:nodes grant_option grantor:RoleSpec behavior',
  ObjectWithArgs: 'objname:nodes objargs:nodes objfuncargs:nodes args_unspecified',
  AccessPriv: 'priv_name cols:nodes',
  GrantRoleStmt: 'granted_roles:nodes grantee_roles:nodes is_grant opt:nodes grantor:RoleSpec behavior',
  AlterDefaultPrivilegesStmt: 'options:nodes action:GrantStmt',
  CopyStmt: 'relation:RangeVar query:node attlist:nodes is_from is_program filename options:nodes whereClause:node',
  VariableSetStmt: 'kind name args:nodes jumble_args is_local location',
  VariableShowStmt: 'name',
  CreateStmt:
    'relation:RangeVar tableElts:nodes inhRelations:nodes partbound:PartitionBoundSpec partspec:PartitionSpec ofTypename:TypeName constraints:nodes nnconstraints:nodes options:nodes oncommit tablespacename accessMethod if_not_exists',
  Constraint:
    'contype conname deferrable initdeferred is_enforced skip_validation initially_valid is_no_inherit raw_expr:node cooked_expr generated_when generated_kind nulls_not_distinct keys:nodes without_overlaps including:nodes exclusions:nodes options:nodes indexname indexspace reset_default_tblspc access_method where_clause:node pktable:RangeVar fk_attrs:nodes pk_attrs:nodes fk_with_period pk_with_period fk_matchtype fk_upd_action fk_del_action fk_del_set_cols:nodes old_conpfeqop:nodes old_pktable_oid location',
  CreateTableSpaceStmt: 'tablespacename owner:RoleSpec location options:nodes',
  DropTableSpaceStmt: 'tablespacename missing_ok',
  AlterTableSpaceOptionsStmt: 'tablespacename options:nodes isReset',
  AlterTableMoveAllStmt: 'orig_tablespacename objtype roles:nodes new_tablespacename nowait',
  CreateExtensionStmt: 'extname if_not_exists options:nodes',
  AlterExtensionStmt: 'extname options:nodes',
  AlterExtensionContentsStmt: 'extname action objtype object:node',
  CreateFdwStmt: 'fdwname func_options:nodes options:nodes',
  AlterFdwStmt: 'fdwname func_options:nodes options:nodes',
  CreateForeignServerStmt: 'servername servertype version fdwname if_not_exists options:nodes',
  AlterForeignServerStmt: 'servername version options:nodes has_version',
  CreateForeignTableStmt: 'base:CreateStmt servername options:nodes',
  CreateUserMappingStmt: 'user:RoleSpec servername if_not_exists options:nodes',
  AlterUserMappingStmt: 'user:RoleSpec servername options:nodes',
  DropUserMappingStmt: 'user:RoleSpec servername missing_ok',
  ImportForeignSchemaStmt: 'server_name remote_schema local_schema list_type table_list:nodes options:nodes',
  CreatePolicyStmt: 'policy_name table:RangeVar cmd_name permissive roles:nodes qual:node with_check:node',
  AlterPolicyStmt: 'policy_name table:RangeVar roles:nodes qual:node with_check:node',
  CreateAmStmt: 'amname handler_name:nodes amtype',
  CreateTrigStmt:
    'replace isconstraint trigname relation:RangeVar funcname:nodes args:nodes row timing events columns:nodes whenClause:node transitionRels:nodes deferrable initdeferred constrrel:RangeVar',
  CreateEventTrigStmt: 'trigname eventname whenclause:nodes funcname:nodes',
  AlterEventTrigStmt: 'trigname tgenabled',
  CreatePLangStmt: 'replace plname plhandler:nodes plinline:nodes plvalidator:nodes pltrusted',
  CreateRoleStmt: 'stmt_type role options:nodes',
  AlterRoleStmt: 'role:RoleSpec options:nodes action',
  AlterRoleSetStmt: 'role:RoleSpec database setstmt:VariableSetStmt',
  DropRoleStmt: 'roles:nodes missing_ok',
  CreateSeqStmt: 'sequence:RangeVar options:nodes ownerId for_identity if_not_exists',
  AlterSeqStmt: 'sequence:RangeVar options:nodes for_identity missing_ok',
  DefineStmt: 'kind oldstyle defnames:nodes args:nodes definition:nodes if_not_exists replace',
  CreateDomainStmt: 'domainname:nodes typeName:TypeName collClause:CollateClause constraints:nodes',
  CreateOpClassStmt: 'opclassname:nodes opfamilyname:nodes amname datatype:TypeName items:nodes isDefault',
  CreateOpClassItem: 'itemtype name:ObjectWithArgs number order_family:nodes class_args:nodes storedtype:TypeName',
  CreateOpFamilyStmt: 'opfamilyname:nodes amname',
  AlterOpFamilyStmt: 'opfamilyname:nodes amname isDrop items:nodes',
  DropStmt: 'objects:nodes removeType behavior missing_ok concurrent',
  TruncateStmt: 'relations:nodes restart_seqs behavior',
  CommentStmt: 'objtype object:node comment',
  SecLabelStmt: 'objtype object:node provider label',
  DeclareCursorStmt: 'portalname options query:node',
  ClosePortalStmt: 'portalname',
  FetchStmt: 'direction howMany portalname ismove',
  IndexStmt:
    'idxname relation:RangeVar accessMethod tableSpace indexParams:nodes indexIncludingParams:nodes options:nodes whereClause:node excludeOpNames:nodes idxcomment indexOid oldNumber oldCreateSubid oldFirstRelfilelocatorSubid unique nulls_not_distinct primary isconstraint iswithoutoverlaps deferrable initdeferred transformed concurrent if_not_exists reset_default_tblspc',
  CreateStatsStmt: 'defnames:nodes stat_types:nodes exprs:nodes relations:nodes stxcomment transformed if_not_exists',
  StatsElem: 'name expr:node',
  AlterStatsStmt: 'defnames:nodes stxstattarget:node missing_ok',
  CreateFunctionStmt:
    'is_procedure replace funcname:nodes parameters:nodes returnType:TypeName options:nodes sql_body:node',
  FunctionParameter: 'name argType:TypeName mode defexpr:node location',
  AlterFunctionStmt: 'objtype func:ObjectWithArgs actions:nodes',
  DoStmt: 'args:nodes',
  CallStmt: 'funccall:FuncCall outargs:nodes',
  RenameStmt: 'renameType relationType relation:RangeVar object:node subname newname behavior missing_ok',
  AlterObjectDependsStmt: 'objectType relation:RangeVar object:node extname:String remove',
  AlterObjectSchemaStmt: 'objectType relation:RangeVar object:node newschema missing_ok',
  AlterOwnerStmt: 'objectType relation:RangeVar object:node newowner:RoleSpec',
  AlterOperatorStmt: 'opername:ObjectWithArgs options:nodes',
  AlterTypeStmt: 'typeName:nodes options:nodes',
  RuleStmt: 'relation:RangeVar rulename whereClause:node event instead actions:nodes replace',
  NotifyStmt: 'conditionname payload',
  ListenStmt: 'conditionname',
  UnlistenStmt: 'conditionname',
  TransactionStmt: 'kind options:nodes savepoint_name gid chain location',
  CompositeTypeStmt: 'typevar:RangeVar coldeflist:nodes',
  CreateEnumStmt: 'typeName:nodes vals:nodes',
  CreateRangeStmt: 'typeName:nodes params:nodes',
  AlterEnumStmt: 'typeName:nodes oldVal newVal newValNeighbor newValIsAfter skipIfNewValExists',
  ViewStmt: 'view:RangeVar aliases:nodes query:node replace options:nodes withCheckOption',
  LoadStmt: 'filename',
  CreatedbStmt: 'dbname options:nodes',
  AlterDatabaseStmt: 'dbname options:nodes',
  AlterDatabaseRefreshCollStmt: 'dbname',
  AlterDatabaseSetStmt: 'dbname setstmt:VariableSetStmt',
  DropdbStmt: 'dbname missing_ok options:nodes',
  AlterSystemStmt: 'setstmt:VariableSetStmt',
  ClusterStmt: 'relation:RangeVar indexname params:nodes',
  VacuumStmt: 'options:nodes rels:nodes is_vacuumcmd',
  VacuumRelation: 'relation:RangeVar oid va_cols:nodes',
  ExplainStmt: 'query:node options:nodes',
  CreateTableAsStmt: 'query:node into:IntoClause objtype is_select_into if_not_exists',
  RefreshMatViewStmt: 'concurrent skipData relation:RangeVar',
  CheckPointStmt: '',
  DiscardStmt: 'target',
  LockStmt: 'relations:nodes mode nowait',
  ConstraintsSetStmt: 'constraints:nodes deferred',
  ReindexStmt: 'kind relation:RangeVar name params:nodes',
  CreateConversionStmt: 'conversion_name:nodes for_encoding_name to_encoding_name func_name:nodes def',
  CreateCastStmt: 'sourcetype:TypeName targettype:TypeName func:ObjectWithArgs context inout',
  CreateTransformStmt: 'replace type_name:TypeName lang fromsql:ObjectWithArgs tosql:ObjectWithArgs',
  PrepareStmt: 'name argtypes:nodes query:node',
  ExecuteStmt: 'name params:nodes',
  DeallocateStmt: 'name isall location',
  DropOwnedStmt: 'roles:nodes behavior',
  ReassignOwnedStmt: 'roles:nodes newrole:RoleSpec',
  AlterTSDictionaryStmt: 'dictname:nodes options:nodes',
  AlterTSConfigurationStmt: 'kind cfgname:nodes tokentype:nodes dicts:nodes override replace missing_ok',
  PublicationTable: 'relation:RangeVar whereClause:node columns:nodes',
  PublicationObjSpec: 'pubobjtype name pubtable:PublicationTable location',
  CreatePublicationStmt: 'pubname options:nodes pubobjects:nodes for_all_tables',
  AlterPublicationStmt: 'pubname options:nodes pubobjects:nodes for_all_tables action',
  CreateSubscriptionStmt: 'subname conninfo publication:nodes options:nodes',
  AlterSubscriptionStmt: 'kind subname conninfo publication:nodes options:nodes',
  DropSubscriptionStmt: 'subname missing_ok behavior',
} as const;

export type NodeType = keyof typeof FIELDS;

/** Nodes of the server's later stages, and of other tools: no parser's output holds them. */
export const FOREIGN_NODES: readonly string[] =
  'ParseResult ScanResult ScanToken SummaryResult Table Function FilterColumn OidList IntList TableFunc Var Param Aggref WindowFunc WindowFuncRunCondition SubscriptingRef FuncExpr OpExpr DistinctExpr NullIfExpr ScalarArrayOpExpr SubPlan AlternativeSubPlan FieldSelect FieldStore RelabelType CoerceViaIO ArrayCoerceExpr ConvertRowtypeExpr CollateExpr CaseTestExpr ArrayExpr RowCompareExpr JsonConstructorExpr JsonExpr JsonTablePath JsonTablePathScan JsonTableSiblingJoin MergeAction CoerceToDomain CoerceToDomainValue NextValueExpr InferenceElem ReturningExpr TargetEntry RangeTblRef FromExpr OnConflictExpr Query RangeTblEntry RTEPermissionInfo RangeTblFunction TableSampleClause WithCheckOption SortGroupClause WindowClause RowMarkClause SetOperationStmt PLAssignStmt InlineCodeBlock CallContext'.split(
    ' ',
  );

/** What a field holds: null for a plain value. */
export type FieldKind = null | 'node' | 'nodes' | NodeType;

const TABLE: ReadonlyMap<string, ReadonlyMap<string, FieldKind>> = new Map(
  Object.entries(FIELDS).map(([type, fields]) => [
    type,
    new Map(
      fields
        .split(' ')
        .filter((field) => field !== '')
        .map((field) => {
          const [name = '', kind = null] = field.split(':');
          return [name, kind as FieldKind];
        }),
    ),
  ]),
);

/** The fields of a node type by name, or undefined when the type is not known. */
export function fieldsOf(type: string): ReadonlyMap<string, FieldKind> | undefined {
  return TABLE.get(type);
}

export const NODE_TYPES: readonly string[] = [...TABLE.keys()];
