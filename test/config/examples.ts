import { parseConfig } from '../../src/config/load.ts';
import { InvalidFile } from '../../src/config/problems.ts';

/** A file that uses every key there is, and is valid. */
export const FULL = `version: 1
identity:
  issuer: https://idp.example.com
  client_id: hoopctl
  client_secret: { env: IDP_SECRET }
  scopes: [openid, email, offline_access]
  groups: realm_access.roles
  recheck: 2m
  device_flow: deny
  services:
    deploys:
      issuer: https://token.actions.githubusercontent.com
      audience: hoopctl
      subject: "repo:acme/app:environment:production"
      claims: { repository_id: "65", ref: [refs/heads/main, "refs/tags/v*"] }
      groups: [release]
    nightly: { audience: "https://hoopctl.example.com", claims: { "roles.list": "/night|day/" } }
targets:
  pg-prod:
    protocol: postgres
    address: db.internal:5432
    database: app
    user: app_rw
    password: { keychain: pg-prod }
    tls: { mode: verify-full, ca: ca.pem, cert: client.pem, key: ~/client.key }
    policy: [production, everywhere]
    limits: { connections: 100, login: 10s, client_message: 64MiB }
  web-1:
    protocol: ssh
    address: web-1.internal
    user: deploy
    key: { file: ~/.ssh/deploy }
    passphrase: { keychain: web-1 }
    host_key:
      - SHA256:uNiVztksCsDhcc0u9e8BrENJXAslzgXBUK3+pLGdVSc
      - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKcmFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYW web-1
    policy: [servers]
  web-2:
    protocol: ssh
    address: "[2001:db8::2]:2222"
    user: deploy
    password: { env: WEB_2 }
    agent: true
    known_hosts: ~/.ssh/known_hosts.fleet
    policy: [servers]
  web-3: { protocol: ssh, address: web-3, user: deploy, agent: /run/agent.sock, policy: [servers] }
  pg-local:
    protocol: postgres
    address: /var/run/postgresql:5432
    database: app
    user: me
    password: { exec: [vault, kv, get, -field=password, app] }
    tls: disable
    policy: unguarded
policies:
  production:
    default: allow
    deny:
      - { action: [drop, truncate, grant, copy-program], message: "schema changes go through migrations" }
      - { action: [delete, update], where: absent }
      - { relation: [app.secrets, "/audit_.*/"], object: table }
    ask:
      - { action: [insert, update, delete, alter, create], approvers: { groups: [dba], subjects: [u-1], emails: [ada@example.com], count: 1 }, within: 10m }
      - { action: extension, approvers: self, step_up: true }
    allow:
      - { action: call, function: app.refresh }
      - { action: select, column: ["*.*.name", customers.city] }
    mask:
      - { column: app.customers.email, with: { partial: domain } }
      - { column: "*.*.ssn", with: redact }
      - { column: "*.*.phone", with: { partial: 4 } }
      - { column: "*.*.secret", with: null }
      - { detect: [credit-card, private-key, jwt, aws-key], with: redact }
      - { detect: [email, "/EMP-[0-9]{6}/"], with: { partial: domain }, except: [app.users.contact, "*.*.reply_to"] }
      - { field: /users/*/email, with: hash }
    masking: { mode: strict, inference: equality, trusted_functions: [] }
    scope: { schemas: [app] }
    access: read-write
    session: { ttl: 30m, idle: 10m, reason: required }
    record: { results: full, sync: disk }
    applies_to:
      { groups: [engineering], subjects: [u-7], emails: [grace@example.com], services: [deploys, nightly], agents: any }
  servers:
    default: allow
    opaque: deny
    shell: guarded
    deny:
      - { program: [dd, "mkfs*", /opt/app/bin/purge], message: not here }
      - { program: rm, args: [-r, "--recursive"], path: [/, "/srv/**"] }
      - { operation: [write, remove], path: /etc/** }
    ask:
      - { opaque: true, approvers: { groups: [sre] }, within: 5m }
      - { channel: shell }
    allow:
      - { channel: [sftp, scp], operation: [read, list], path: "/srv/*" }
      - { channel: forward, args: local }
    scope: { directories: [/srv, /etc] }
  everywhere:
    default: allow
    deny: [{ action: admin }]
    access: read-only
scripts:
  agent-script:
    command: [node, agent.mjs]
    targets: [pg-prod]
    policy: [everywhere]
    sandbox: required
    workdir: read-write
    env: [OPENAI_API_KEY]
    hosts: ["API.openai.com:443", "[2001:db8::1]:8443"]
    limits: { processes: 64, memory: 1GiB, time: 10m }
`;

/** The least that is valid; `target` and `policy` are put in as they are. */
export function minimal(options: { target?: string; policy?: string; more?: string } = {}): string {
  const { target = '', policy = 'default: allow', more = '' } = options;
  return `version: 1
targets:
  pg:
    protocol: postgres
    address: localhost:5432
    database: app
    user: me
    policy: [p]
${target}
policies:
  p:
    ${policy}
${more}
`;
}

/** Every problem of a file, as the user sees it: `line:column message`. */
export function problems(text: string): string[] {
  try {
    parseConfig(text, 'f');
    return [];
  } catch (error) {
    if (!(error instanceof InvalidFile)) throw error;
    return error.problems.map(({ at, message }) => `${at.line}:${at.column} ${message}`);
  }
}

/** The least file with a target of SSH: line 8 onwards, `target`, is how to log in. */
export function minimalSsh(options: { target?: string; address?: string; policy?: string } = {}): string {
  const { target = 'agent: true', address = 'web-1.internal', policy = 'default: allow' } = options;
  return `version: 1
targets:
  web:
    protocol: ssh
    address: ${address}
    user: deploy
    policy: [p]
    ${target.replaceAll('\n', '\n    ')}
policies:
  p:
    ${policy}
`;
}

/** The least file with one more line in its target, which is line 8. */
export function inTarget(line: string): string {
  return minimal().replace(/^ {4}user: me$/mu, `    user: me\n    ${line}`);
}

export function without(key: string): string {
  return minimal().replace(new RegExp(`^ {4}${key}:.*\n`, 'mu'), '');
}

export function replaced(key: string, value: string): string {
  return minimal().replace(new RegExp(`^ {4}${key}:.*$`, 'mu'), () => `    ${key}: ${value}`);
}

/** The least file with this as its policy, which is line 12. */
export function inPolicy(flow: string): string {
  return minimal({ policy: flow });
}
