import type { UpdateClass } from './facts.ts';

/** A class with a text that is equal for equal classes. */
export interface KeyedClass {
  readonly class: UpdateClass;
  readonly key: string;
}

const handlingKeys = new WeakMap<object, string>();

/** A class with its key. Computes the text of a handling once, however many classes share the object. */
export const keyedClass = (of: UpdateClass): KeyedClass => ({
  class: of,
  key: `${of.owner}/${of.series}/${of.category}/${of.area}/${of.addressee ?? ''}/${handlingKey(of.handling)}`,
});

function handlingKey(handling: UpdateClass['handling']): string {
  let key = handlingKeys.get(handling);
  if (key === undefined) {
    key = JSON.stringify(handling);
    handlingKeys.set(handling, key);
  }
  return key;
}
