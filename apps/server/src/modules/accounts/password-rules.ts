// What a password must satisfy (spec AU-2). Pure; `passwordFaults` names every broken rule so that the screen can
// show them all at once.
import { isWeakWord } from './weak-passwords.ts';

export type PasswordFault =
  | 'too-short'
  | 'too-long'
  | 'too-few-classes'
  | 'weak-word'
  | 'run-of-four'
  | 'holds-login-name';

export type PasswordOwner = { loginName: string; displayName: string; isAdmin: boolean };

const leastDoctor = 10;
const leastAdmin = 12;
const most = 200;

export function passwordFaults(password: string, owner: PasswordOwner): PasswordFault[] {
  const faults: PasswordFault[] = [];
  const length = [...password].length;
  if (length < (owner.isAdmin ? leastAdmin : leastDoctor)) faults.push('too-short');
  if (length > most) faults.push('too-long');
  if (classesOf(password) < 3) faults.push('too-few-classes');
  if (isWeakWord(password)) faults.push('weak-word');
  if (hasRunOfFour(password)) faults.push('run-of-four');
  if (holds(password, owner.loginName) || holds(password, owner.displayName)) faults.push('holds-login-name');
  return faults;
}

function classesOf(password: string): number {
  return [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9\s]/].filter((one) => one.test(password)).length;
}

function holds(password: string, name: string): boolean {
  const needle = name.toLowerCase().replace(/\s/g, '');
  return needle.length >= 3 && password.toLowerCase().includes(needle);
}

const keyboardRows = [
  '1234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '1qaz',
  '2wsx',
  '3edc',
  '4rfv',
  '5tgb',
  '6yhn',
  '7ujm',
];
const alphabet = 'abcdefghijklmnopqrstuvwxyz';

/** Four neighbours of the alphabet, the digits or the keyboard, either way, or four times the same sign. */
export function hasRunOfFour(password: string): boolean {
  const text = password.toLowerCase();
  const lines = [alphabet, '0123456789', ...keyboardRows];
  const both = [...lines, ...lines.map((line) => [...line].reverse().join(''))];
  for (let at = 0; at + 4 <= text.length; at += 1) {
    const four = text.slice(at, at + 4);
    if (/^(.)\1{3}$/u.test(four) || both.some((line) => line.includes(four))) return true;
  }
  return false;
}
