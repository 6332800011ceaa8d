import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from './bytes.ts';

describe('packed bytes', () => {
  const part = fc.oneof(
    fc.record({ kind: fc.constant('u8' as const), value: fc.integer({ min: 0, max: 0xff }) }),
    fc.record({ kind: fc.constant('u16' as const), value: fc.integer({ min: 0, max: 0xffff }) }),
    fc.record({ kind: fc.constant('u32' as const), value: fc.integer({ min: 0, max: 0xffff_ffff }) }),
    fc.record({ kind: fc.constant('u53' as const), value: fc.maxSafeNat() }),
    fc.record({ kind: fc.constant('text' as const), value: fc.string({ unit: 'grapheme' }) }),
    fc.record({ kind: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 300 }) }),
  );

  it('are read back as they were written, however much memory they began with', () => {
    fc.assert(
      fc.property(fc.array(part), fc.integer({ min: 1, max: 64 }), (parts, memory) => {
        const writer = new ByteWriter(new ArrayBuffer(memory));
        for (const each of parts) {
          if (each.kind === 'text') writer.text(each.value);
          else if (each.kind === 'bytes') writer.bytes(each.value);
          else writer[each.kind](each.value);
        }
        const reader = new ByteReader(writer.written());
        for (const each of parts) {
          if (each.kind === 'bytes') expect([...reader.bytes()]).toEqual([...each.value]);
          else expect(reader[each.kind]()).toBe(each.value);
        }
        expect(reader.atEnd).toBe(true);
      }),
    );
  });

  it('are refused past their end', () => {
    const writer = new ByteWriter();
    writer.u32(100);
    expect(() => new ByteReader(writer.written()).bytes()).toThrow(RangeError);
    expect(() => new ByteReader(new Uint8Array(3)).u32()).toThrow(RangeError);
  });
});
