import { quote } from 'shlex';

/** A word of a command that is printed for somebody to paste: whatever it holds, a POSIX shell takes it for this text. */
export const shellWord = (text: string): string => quote(text);

/** A command that is printed: the program and its arguments. */
export const shellCommand = (...words: readonly string[]): string => words.map(shellWord).join(' ');
