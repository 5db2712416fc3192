import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { powershellScript } from './powershell.ts';
import { zshScript } from './zsh.ts';

/** The completion script of each shell, and the name of its file. */
export const SHELLS: Readonly<Record<string, { readonly file: string; readonly script: () => string }>> = {
  bash: { file: 'hoopctl.bash', script: bashScript },
  zsh: { file: '_hoopctl', script: zshScript },
  fish: { file: 'hoopctl.fish', script: fishScript },
  powershell: { file: 'hoopctl.ps1', script: powershellScript },
};
