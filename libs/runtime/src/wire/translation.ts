import { CorridorError } from '@corridor/kernel';

/** Translates one enum of the contracts into the literals of the domain and back. */
export interface Translation<Wire extends number, Literal extends string> {
  /** The literal of a contract value. @throws CorridorError UNKNOWN_ENUM_VALUE naming `field`. */
  from(value: number, field: string): Literal;
  /** The literals of a list, in its order. @throws CorridorError UNKNOWN_ENUM_VALUE naming `field` and the index. */
  allFrom(values: readonly number[], field: string): readonly Literal[];
  /** The contract value of a literal. */
  to(literal: Literal): Wire;
  /** The contract values of a list, in its order. */
  allTo(literals: readonly Literal[]): readonly Wire[];
}

/** Contract values that no literal stands for: `_UNSPECIFIED` and ts-proto's `UNRECOGNIZED` are never accepted. */
type Refused = 0 | -1;

/** Compiles to nothing when `Table` maps every value of `Wire`; else names those that are missing. */
type Complete<Wire extends number, Table> = [Exclude<Wire, Refused | Table[keyof Table]>] extends [never]
  ? unknown
  : { readonly unmapped: Exclude<Wire, Refused | Table[keyof Table]> };

/**
 * Makes the translation of an enum. A value added to the contract, or a literal added to the domain, does not compile
 * until the table maps it.
 *
 * @param contract the generated enum object
 * @param literals the closed list of the domain
 * @param table for each literal its contract value
 */
export function translation<
  Wire extends number,
  Literal extends string,
  const Table extends Readonly<Record<Literal, Exclude<Wire, Refused>>>,
>(
  contract: Readonly<Record<string, Wire>>,
  literals: readonly Literal[],
  table: Table & Complete<Wire, Table>,
): Translation<Wire, Literal> {
  const byValue: (Literal | undefined)[] = [];
  for (const literal of literals) byValue[table[literal]] = literal;
  const known = Object.keys(contract).filter((name) => byValue[contract[name] ?? 0] !== undefined);

  const from = (value: number, field: string): Literal => {
    const literal = byValue[value];
    if (literal === undefined) {
      throw new CorridorError('UNKNOWN_ENUM_VALUE', `${field} must be one of ${known.join(', ')}`, { field });
    }
    return literal;
  };
  const to = (literal: Literal): Wire => table[literal];
  return {
    from,
    allFrom: (values, field) => values.map((value, index) => from(value, `${field}[${index}]`)),
    to,
    allTo: (literals) => literals.map(to),
  };
}
