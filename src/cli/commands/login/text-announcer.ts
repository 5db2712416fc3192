import type { Identity } from '../../../core/identity.ts';
import type { Profile } from '../../../core/profile.ts';
import type { DevicePrompt, ProviderSettings } from '../../../core/provider.ts';
import { keptLabel } from '../../../core/secret-store.ts';
import { visible } from '../../../core/visible.ts';
import type { Invocation } from '../../invocation.ts';
import { type Opener, openPage } from '../../opener.ts';
import { personLabel, siteOf, span } from '../../profile-view.ts';
import type { Terminal } from '../../terminal.ts';
import { CANCELLED, type LoginAnnouncer, pageOf, type Replaced } from './announcer.ts';
import { onEnter } from './enter.ts';

/** Whose name a code is entered in matters more than how it looks: people are talked into entering those of others. */
const WARNING = 'Only continue if YOU started this login; never enter a code you were sent.';

/** Stops waiting for a key. True when the question is on the last line still. */
type Asked = () => boolean;

/** For people, on stderr. Enter opens the page where there is an opener and somebody to press it. */
export function textAnnouncer(
  invocation: Invocation,
  { issuer, clientId }: ProviderSettings,
  opener: Opener | null,
): LoginAnnouncer {
  const { terminal, env } = invocation;
  const mark = terminal.styled('stderr', 'yellow', '!');
  let asked: Asked = () => false;
  return {
    code(prompt) {
      const { userCode, url, expires } = prompt;
      const code = terminal.styled('stderr', 'bold', visible(userCode));
      terminal.progress(`${mark} First copy your one-time code: ${code}`);
      terminal.progress(`  ${WARNING}`);
      const lapse = span(expires - Date.now());
      terminal.progress(visible(`  It logs ${clientId} in at ${siteOf(issuer)}, and lapses in ${lapse}.`));
      if (opener !== null && invocation.interactive) asked = askToOpen(invocation, opener, prompt);
      else terminal.progress(`- Open ${visible(url)} on any device, and enter the code there.`);
    },
    async page(url) {
      terminal.progress(`${mark} ${WARNING.replace(/;.*/, '.')}`);
      terminal.progress(visible(`  It logs ${clientId} in at ${siteOf(issuer)}.`));
      const opened = opener !== null && (await openPage(opener, url, env));
      terminal.progress(
        opened ? '- Log in on the page that opened. If none did, open:' : '- Open in a browser on this machine:',
      );
      terminal.progress(`  ${visible(url)}`);
    },
    settled() {
      if (asked()) terminal.progress('');
    },
    cancelled() {
      // Terminals write ^C where the cursor is.
      if (asked() || terminal.interactive) terminal.progress('');
      terminal.progress(CANCELLED);
    },
    done(profile, replaced) {
      for (const line of doneLines(terminal, profile, replaced)) terminal.progress(line);
      if (profile.kept === 'file') {
        terminal.warn('no keychain took the tokens: they are in a file that is not encrypted.');
        terminal.progress('  To encrypt it, set HOOPCTL_KEY_FILE or HOOPCTL_PASSPHRASE and log in again.');
      }
    },
  };
}

function askToOpen({ terminal, env }: Invocation, opener: Opener, prompt: DevicePrompt): Asked {
  const page = pageOf(prompt);
  terminal.ask(`Press Enter to open ${visible(prompt.url)} in your browser… `);
  let isAsked = true;
  const stop = onEnter(terminal.stdin, () => {
    isAsked = false;
    void openPage(opener, page, env).then((opened) => {
      if (opened) terminal.progress('- Waiting for you to confirm the code there. Ctrl-C gives up.');
      else terminal.progress(`- No browser could be opened: open ${visible(prompt.url)} yourself.`);
    });
  });
  return () => {
    stop();
    const wasAsked = isAsked;
    isAsked = false;
    return wasAsked;
  };
}

function doneLines(terminal: Terminal, profile: Profile, replaced: Replaced | null): readonly string[] {
  const { identity, issuer, name, kept, expires, renewable } = profile;
  const tick = terminal.styled('stderr', 'green', '✓');
  const who = terminal.styled('stderr', 'bold', visible(personLabel(identity)));
  const lines = [
    `${tick} Logged in as ${who} at ${visible(siteOf(issuer))}`,
    `  profile ${visible(name)}, ${groupCount(identity)}, tokens in ${keptLabel(kept)}`,
  ];
  if (!renewable) {
    lines.push(`  It lapses in ${span(Date.parse(expires) - Date.now())}: the provider gave nothing to renew it with.`);
  }
  if (replaced !== null) lines.push(`  ${replacedLine(replaced)}`);
  return lines;
}

function groupCount({ groups: { length } }: Identity): string {
  return length === 0 ? 'no groups' : length === 1 ? '1 group' : `${length} groups`;
}

function replacedLine({ identity, issuer, ending }: Replaced): string {
  const whose = visible(`the login of ${identity.display} at ${siteOf(issuer)}`);
  switch (ending) {
    case null:
      return `It replaces ${whose}.`;
    case 'revoked':
      return `It replaces ${whose}, which was revoked.`;
    case 'unsupported':
      return `It replaces ${whose}, which that provider has no way to revoke.`;
    case 'failed':
    case 'unread':
      return `It replaces ${whose}, which could not be revoked.`;
  }
}
