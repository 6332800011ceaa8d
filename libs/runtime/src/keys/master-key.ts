import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { CorridorError, toHex } from '@corridor/kernel';
import { randomBytes } from 'node:crypto';
import { KEY_BYTES } from './aead.ts';

const HEX = /^[0-9a-f]{64}\s*$/i;
const OTHERS = 0o077;

/**
 * The master key in a file: 32 bytes in hexadecimal. Nobody but its owner may read or write the file.
 * @throws CorridorError CONFIG_INVALID naming the file and what is wrong with it
 */
export function readMasterKey(file: string): Buffer {
  const { mode, text } = read(file);
  if ((mode & OTHERS) !== 0) throw wrong(file, 'can be read by others: chmod 600');
  if (!HEX.test(text)) throw wrong(file, `must hold ${KEY_BYTES} bytes in hexadecimal`);
  return Buffer.from(text.trim(), 'hex');
}

/** Makes a master key file, durable when it returns. @throws CorridorError CONFIG_INVALID when it cannot, or one is there. */
export function makeMasterKey(file: string): Buffer {
  const key = randomBytes(KEY_BYTES);
  try {
    const created = openSync(file, 'wx', 0o600);
    try {
      writeSync(created, `${toHex(key)}\n`);
      fsyncSync(created);
    } finally {
      closeSync(created);
    }
    const folder = openSync(dirname(file), 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch (error) {
    throw wrong(file, 'cannot be made', error);
  }
  return key;
}

function read(file: string): { readonly mode: number; readonly text: string } {
  try {
    const opened = openSync(file, 'r');
    try {
      return { mode: fstatSync(opened).mode, text: readFileSync(opened, 'utf8') };
    } finally {
      closeSync(opened);
    }
  } catch (error) {
    throw wrong(file, 'cannot be read', error);
  }
}

const wrong = (file: string, what: string, cause?: unknown): CorridorError =>
  new CorridorError('CONFIG_INVALID', `the master key file ${file} ${what}`, {}, cause === undefined ? {} : { cause });
