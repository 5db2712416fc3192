import { HoopError } from '../core/errors.ts';
import type { Problem } from './tree.ts';

/** A file that is not as it must be, with everything that is wrong with it. */
export class InvalidFile extends HoopError {
  readonly file: string;
  /** In the order of the file. */
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    const ordered = problems.toSorted((one, other) => one.at.line - other.at.line || one.at.column - other.at.column);
    const lines = ordered.map(({ at, message }) => `${file}:${at.line}:${at.column} ${message}`);
    const many = `${lines.length} problems in ${file}\n${lines.join('\n')}`;
    super('config.invalid', lines.length === 1 ? (lines[0] ?? file) : many, {
      hint: 'correct the file, then check it with: hoopctl policy check',
    });
    this.file = file;
    this.problems = ordered;
  }
}
