import { file } from './file-shape.ts';

/**
 * The JSON schema of hoopctl.yaml, for editors: what the same definitions check, as far as a schema can
 * say it. References between names, unreachable rules and TLS of remote addresses are checked by
 * hoopctl alone.
 */
export function schemaText(): string {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'hoopctl.yaml',
    description:
      'Targets and policies of hoopctl. For editors, as the first line: # yaml-language-server: $schema=PATH/TO/hoopctl.schema.json',
    ...file.schema,
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
