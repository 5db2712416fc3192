import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import type { TargetConfig } from '../../src/config/target-shape.ts';
import { minimalSsh, problems } from './examples.ts';

const FINGERPRINT = 'SHA256:uNiVztksCsDhcc0u9e8BrENJXAslzgXBUK3+pLGdVSc';

function targetOf(text: string): TargetConfig | undefined {
  return parseConfig(text, 'f').targets.get('web');
}

/** The least target with this instead of how it logs in: line 8 onwards. */
const found = (target: string): string => problems(minimalSsh({ target })).join('\n');

/** A key as OpenSSH writes it in one line, and its fingerprint. */
function ed25519(): { readonly line: string; readonly fingerprint: string } {
  const { publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const part = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  const blob = Buffer.concat([part(Buffer.from('ssh-ed25519')), part(raw)]);
  const digest = createHash('sha256').update(blob).digest('base64').replace('=', '');
  return { line: `ssh-ed25519 ${blob.toString('base64')}`, fingerprint: `SHA256:${digest}` };
}

describe('the address of an SSH target', () => {
  it.each([
    ['web-1.internal', 'web-1.internal', 22],
    ['web-1.internal:2222', 'web-1.internal', 2222],
    ['10.0.0.7', '10.0.0.7', 22],
    ['"[2001:db8::1]"', '2001:db8::1', 22],
    ['"[2001:db8::1]:2222"', '2001:db8::1', 2222],
  ])('%s is %s, port %i', (address, host, port) => {
    expect(targetOf(minimalSsh({ address }))?.address).toEqual({ host, port });
  });

  it.each([
    ['""', 'is empty: expected an address such as "web-1.internal" or "web-1.internal:2222"'],
    ['22', 'expected an address such as "web-1.internal" or "web-1.internal:2222", found a number'],
    ['"web-1:"', 'has a port that is not from 1 to 65535'],
    ['web-1:ssh', 'has a port that is not from 1 to 65535'],
    ['web-1:0', 'has a port that is not from 1 to 65535'],
    ['web-1:022', 'has a port that is not from 1 to 65535'],
    ['"[::1]:x"', 'has a port that is not from 1 to 65535'],
    ['2001:db8::1', 'is an IPv6 address without brackets: write "web-1.internal", "web-1.internal:2222" or "[::1]:22"'],
    ['2001:db8::a', 'is an IPv6 address without brackets'],
    ['"[web-1]"', 'holds brackets without an IPv6 address'],
    ['deploy@web-1', 'holds an "@": user and password have keys of their own'],
    ['ssh://web-1', 'is a URL: write "web-1.internal"'],
    ['/run/sshd', 'is a path: write "web-1.internal"'],
    ['/run/sshd:22', 'is a path: write "web-1.internal"'],
    ['web-1.', 'ends its host with a dot'],
    ['127.0.1', 'has a host that is no plain IPv4 address'],
    ['-web', 'has a host that is no host name'],
  ])('%s is refused: it %s', (address, expected) => {
    const [problem = ''] = problems(minimalSsh({ address }));
    expect(problem).toContain('5:14 targets.web.address');
    expect(problem).toContain(expected);
  });
});

describe('how an SSH target is logged in to', () => {
  it('takes keys, agents and passwords, alone and together', () => {
    expect(targetOf(minimalSsh({ target: 'key: { file: ~/.ssh/id }\npassphrase: { env: P }' }))).toMatchObject({
      protocol: 'ssh',
      key: { from: 'file', path: '~/.ssh/id' },
      passphrase: { from: 'env', variable: 'P' },
      password: null,
      agent: null,
    });
    expect(targetOf(minimalSsh({ target: 'agent: true\npassword: { keychain: web }' }))).toMatchObject({
      agent: { from: 'environment' },
      password: { from: 'keychain', name: 'web' },
    });
    expect(targetOf(minimalSsh({ target: 'agent: /run/agent.sock' }))).toMatchObject({
      agent: { from: 'path', path: '/run/agent.sock' },
    });
  });

  it.each([
    ['no way at all', 'known_hosts: k', '4:5 targets.web needs at least one of key, agent, password'],
    ['an agent that is none', 'agent: false', '8:12 targets.web.agent: without an agent, leave the key out'],
    ['an empty agent', 'agent:', '8:11 targets.web.agent is empty: expected true, or the path of an agent’s socket'],
    ['a blank agent', 'agent: " "', '8:12 targets.web.agent is empty'],
    [
      'a list of agents',
      'agent: [a]',
      'targets.web.agent: expected true, or the path of an agent’s socket, found a list',
    ],
    ['an agent by number', 'agent: 1', 'targets.web.agent: expected true, or the path of an agent’s socket'],
    ['an agent that is a directory', 'agent: /run/', 'targets.web.agent is a directory'],
    [
      'a passphrase for no key',
      'agent: true\npassphrase: { env: P }',
      '9:17 targets.web.passphrase opens a private key: write key: { file: PATH } too',
    ],
    ['an empty key', 'key:', '8:9 targets.web.key: a secret is never written here'],
    ['a key by its path alone', 'key: ~/.ssh/id', '8:10 targets.web.key: a secret is never written here'],
    ['a key in two places', 'key: { env: A, file: b }', 'needs exactly one of keychain, env, file, exec'],
    ['a misspelt key', 'agnet: true', '8:5 unknown key "agnet" in targets.web: did you mean "agent"?'],
  ])('does not take %s', (_what, target, expected) => {
    expect(found(target)).toContain(expected);
  });

  it.each(['key: hunter2', 'passphrase: hunter2', 'password: hunter2', 'key: "-----BEGIN hunter2"'])(
    '%s is refused, and nothing of it is repeated',
    (line) => {
      const text = found(line);
      expect(text).toContain('a secret is never written here');
      expect(text).not.toContain('hunter2');
    },
  );
});

describe('the certificate of an SSH target', () => {
  it('is kept where secrets are, or lies beside its key', () => {
    expect(targetOf(minimalSsh({ target: 'key: { file: id }' }))).toMatchObject({ certificate: null });
    expect(
      targetOf(minimalSsh({ target: 'key: { file: id }\ncertificate: { exec: [vault, read, x] }' })),
    ).toMatchObject({ certificate: { from: 'exec', command: ['vault', 'read', 'x'] } });
  });

  it('goes with a key', () => {
    expect(found('agent: true\ncertificate: { file: c }')).toContain(
      'targets.web.certificate certifies a private key: write key: { file: PATH } too',
    );
    expect(found('key: { file: k }\ncertificate: ssh-ed25519-cert-v01@openssh.com AAAA')).toContain(
      'a secret is never written here',
    );
  });
});

describe('what an SSH server is known by', () => {
  it('is ~/.ssh/known_hosts where nothing is said, or the file that is named', () => {
    expect(targetOf(minimalSsh())).toMatchObject({ hostKeys: { kind: 'known-hosts', path: '~/.ssh/known_hosts' } });
    expect(targetOf(minimalSsh({ target: 'agent: true\nknown_hosts: fleet' }))).toMatchObject({
      hostKeys: { kind: 'known-hosts', path: 'fleet' },
    });
  });

  it('may be fingerprints and public keys, which come to the same', () => {
    const { line, fingerprint } = ed25519();
    const target = `agent: true\nhost_key: [${FINGERPRINT}, ${line}, ${line} web-1, ${fingerprint}]`;
    expect(targetOf(minimalSsh({ target }))).toMatchObject({
      hostKeys: { kind: 'pinned', fingerprints: [FINGERPRINT, fingerprint], authorities: [] },
    });
    expect(targetOf(minimalSsh({ target: `agent: true\nhost_key: ${line}` }))).toMatchObject({
      hostKeys: { kind: 'pinned', fingerprints: [fingerprint], authorities: [] },
    });
  });

  it('may be authorities that certify keys, with keys beside them or alone', () => {
    const { line, fingerprint } = ed25519();
    expect(targetOf(minimalSsh({ target: `agent: true\nhost_ca: ${line}` }))).toMatchObject({
      hostKeys: { kind: 'pinned', fingerprints: [], authorities: [fingerprint] },
    });
    expect(targetOf(minimalSsh({ target: `agent: true\nhost_ca: [${line}]\nhost_key: ${FINGERPRINT}` }))).toMatchObject(
      { hostKeys: { kind: 'pinned', fingerprints: [FINGERPRINT], authorities: [fingerprint] } },
    );
  });

  it.each([
    ['authorities and a file', `host_ca: ${FINGERPRINT}\nknown_hosts: k`, 'takes host_ca or known_hosts, not both'],
    [
      'a line of a file',
      `host_ca: "@cert-authority * ${ed25519().line}"`,
      'write the key alone, from "ssh-ed25519" on',
    ],
    ['an authority that is none', 'host_ca: x', 'ssh-keygen -lf CA.pub prints it'],
    ['both', `host_key: ${FINGERPRINT}\nknown_hosts: k`, '4:5 targets.web takes host_key or known_hosts, not both'],
    ['no key behind the word', 'host_key:', '9:14 targets.web.host_key is empty: expected a fingerprint "SHA256:…"'],
    ['an empty key', 'host_key: ""', '9:15 targets.web.host_key is empty: expected a fingerprint "SHA256:…"'],
    ['a blank key in a list', 'host_key: [" "]', '9:16 targets.web.host_key[0] is empty'],
    ['no keys', 'host_key: []', '9:15 targets.web.host_key is an empty list: name something or leave the key out'],
    ['no file', 'known_hosts:', '9:17 targets.web.known_hosts is empty: expected the path of a file'],
    ['a blank file', 'known_hosts: ""', '9:18 targets.web.known_hosts is empty'],
    ['a directory', 'known_hosts: ~/.ssh/', '9:18 targets.web.known_hosts is a directory'],
    ['a short fingerprint', 'host_key: SHA256:abc', 'this fingerprint is not whole: "SHA256:" and 43 characters'],
    ['a padded fingerprint', `host_key: ${FINGERPRINT}=`, 'this fingerprint is not whole'],
    [
      'a fingerprint that nothing can have',
      `host_key: ${FINGERPRINT.slice(0, -1)}d`,
      'this fingerprint is not whole: "SHA256:" and 43 characters; on the server, ssh-keygen -lf',
    ],
    [
      'MD5',
      'host_key: "MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48"',
      'an MD5 fingerprint can be forged: write the one that begins with "SHA256:"',
    ],
    ['MD5 by another name', 'host_key: "16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48"', 'can be forged'],
    ['DSA', 'host_key: ssh-dss AAAAB3NzaC1kc3MAAACBAP', 'keys of this type are not accepted: known are ssh-ed25519'],
    ['a cut key', 'host_key: ssh-ed25519 AAAAC3NzaC1lZDI1', 'this public key is not whole'],
    ['a key of another type', 'host_key: ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIA==', 'this public key is not whole'],
    ['no key at all', 'host_key: ssh-ed25519', 'this public key is not whole'],
    ['a line of known_hosts', 'host_key: web-1 ssh-ed25519 AAAA', 'write the key alone, from "ssh-ed25519" on'],
    ['whatever comes', 'host_key: any', "A server's key is never left unchecked"],
    ['whatever comes, as a truth value', 'host_key: false', 'expected a fingerprint "SHA256:…", or a public key'],
    ['an option to leave it unchecked', 'strict_host_key_checking: no', 'a server’s key is always checked'],
    ['OpenSSH’s option', 'StrictHostKeyChecking: accept-new', 'a server’s key is always checked'],
    ['a switch', 'insecure: true', 'a server’s key is always checked. Write host_key: "SHA256:…"'],
  ])('is not %s', (_what, line, expected) => {
    expect(found(`agent: true\n${line}`)).toContain(expected);
  });
});

describe('keys of the other protocol', () => {
  it.each([
    ['database: app', '"database" in targets.web is a key of targets with protocol: postgres: SSH has none'],
    ['tls: disable', '"tls" in targets.web is a key of targets with protocol: postgres'],
    ['port: 22', '"port" in targets.web is no key of a target: write it behind the address'],
  ])('%s is told to be none of SSH', (line, expected) => {
    const problem = found(`agent: true\n${line}`);
    expect(problem).toContain(`9:5 ${expected}`);
  });

  it('count where the protocol is missing or misspelt, so that everything is told at once', () => {
    const text = minimalSsh({ target: 'agent: true\nhost_key: []' });
    expect(problems(text.replace('protocol: ssh', 'protocol: shh'))).toEqual([
      '4:15 targets.web.protocol: unknown protocol "shh": did you mean "ssh"?',
      '9:15 targets.web.host_key is an empty list: name something or leave the key out',
    ]);
    expect(problems(text.replace('    protocol: ssh\n', ''))).toEqual([
      '4:5 targets.web.protocol is missing: expected "postgres" or "ssh"',
      '8:15 targets.web.host_key is an empty list: name something or leave the key out',
    ]);
  });
});
