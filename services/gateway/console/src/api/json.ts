/** Says that an answer is not what the contract promises. */
export class Unreadable extends Error {
  constructor(path: string, expected: string) {
    super(`${path === '' ? 'the answer' : path} is not ${expected}`);
    this.name = 'Unreadable';
  }
}

/** Reads one value of the protobuf JSON mapping, or throws `Unreadable`. What is left out has its default. */
export type Parser<T> = (value: unknown, path: string) => T;

/** The type that a parser reads. */
export type Read<P> = P extends Parser<infer T> ? T : never;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text; '' when left out. */
export const text: Parser<string> = (value, path) => {
  if (value === undefined) return '';
  if (typeof value !== 'string') throw new Unreadable(path, 'a text');
  return value;
};

/** A truth value; false when left out. */
export const flag: Parser<boolean> = (value, path) => {
  if (value === undefined) return false;
  if (typeof value !== 'boolean') throw new Unreadable(path, 'true or false');
  return value;
};

/** A whole number, also one of 64 bits, which JSON writes as a text; 0 when left out. */
export const integer: Parser<number> = (value, path) => {
  if (value === undefined) return 0;
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw new Unreadable(path, 'a whole number');
  return number;
};

/** A number; 0 when left out. */
export const decimal: Parser<number> = (value, path) => {
  if (value === undefined) return 0;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Unreadable(path, 'a number');
  return value;
};

/** A time, RFC 3339, as milliseconds since 1970. */
export const time: Parser<number> = (value, path) => {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) throw new Unreadable(path, 'a time');
  return at;
};

/** What may be left out. */
export const optional =
  <T>(parser: Parser<T>): Parser<T | undefined> =>
  (value, path) =>
    value === undefined || value === null ? undefined : parser(value, path);

/** A list; empty when left out. */
export const list =
  <T>(parser: Parser<T>): Parser<readonly T[]> =>
  (value, path) => {
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw new Unreadable(path, 'a list');
    return value.map((item: unknown, index) => parser(item, `${path}[${index}]`));
  };

/** One of the names that a vocabulary has. */
export const oneOf = <N extends string>(words: Readonly<Record<N, unknown>>): Parser<N> => {
  const isName = (value: unknown): value is N => typeof value === 'string' && Object.hasOwn(words, value);
  return (value, path) => {
    if (!isName(value)) throw new Unreadable(path, 'a value that this version knows');
    return value;
  };
};

type Shape = Readonly<Record<string, Parser<unknown>>>;

/** An object with these fields; what else is in it is left out. */
export const object = <S extends Shape>(shape: S): Parser<{ readonly [K in keyof S]: Read<S[K]> }> => {
  const fields = Object.entries(shape);
  return (value, path) => {
    if (!isObject(value)) throw new Unreadable(path, 'an object');
    const read = fields.map(([name, parser]) => [name, parser(value[name], path === '' ? name : `${path}.${name}`)] as const);
    return Object.fromEntries(read) as { readonly [K in keyof S]: Read<S[K]> };
  };
};

/** Reads a whole answer. @throws Unreadable */
export const readAs = <T>(parser: Parser<T>, value: unknown): T => parser(value, '');
