import { describe, expect, it } from 'vitest';
import { SharedAsk } from './shared-ask.ts';

describe('a shared question', () => {
  it('is put again for those who ask while it is under way, once for all of them', async () => {
    const put: PromiseWithResolvers<number>[] = [];
    const shared = new SharedAsk<number>(() => {
      const answer = Promise.withResolvers<number>();
      put.push(answer);
      return answer.promise;
    });
    const first = shared.ask();
    const later = [shared.ask(), shared.ask()];
    expect(put).toHaveLength(1);
    put[0]?.resolve(1);
    expect(await first).toBe(1);
    await expect.poll(() => put.length).toBe(2);
    put[1]?.resolve(2);
    expect(await Promise.all(later)).toEqual([2, 2]);
    const last = shared.ask();
    put[2]?.resolve(3);
    expect(await last).toBe(3);
  });

  it('that failed fails for those who asked it, and is put again for the others', async () => {
    let times = 0;
    const shared = new SharedAsk(() => (++times === 1 ? Promise.reject(new Error('away')) : Promise.resolve(times)));
    const [first, second] = [shared.ask(), shared.ask()];
    await expect(first).rejects.toThrow('away');
    expect(await second).toBe(2);
  });
});
