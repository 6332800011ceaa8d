import { expect, it } from 'vitest';
import { closeAll } from './close-all.ts';

it('closes all that was opened, the last first and once, though one of them cannot be closed', async () => {
  const closed: string[] = [];
  const opened = ['file', 'log', 'keys'].map((name) => () => {
    closed.push(name);
    return name === 'file' ? Promise.resolve() : Promise.reject(new Error(name));
  });
  await expect(closeAll(opened)).rejects.toThrow('keys');
  await closeAll(opened);
  expect(closed).toEqual(['keys', 'log', 'file']);
});
