/**
 * Areas with a code of their own whose people are, or are held to be, nationals of a State: its territories, and where a
 * State's claim is disputed, also that State. Only for withholding: whoever must not receive counts of a State's own
 * nationals receives none of these either. It implies no opinion on the status of any territory.
 */
const CLAIMED: Readonly<Record<string, string>> = {
  AUS: 'CCK CXR HMD NFK',
  CHN: 'HKG MAC TWN',
  DNK: 'FRO GRL',
  FIN: 'ALA',
  FRA: 'ATF BLM GLP GUF MAF MTQ MYT NCL PYF REU SPM WLF',
  GBR: 'AIA BMU CYM FLK GGY GIB IMN IOT JEY MSR PCN SGS SHN TCA VGB',
  ISR: 'PSE',
  MAR: 'ESH',
  NLD: 'ABW BES CUW SXM',
  NOR: 'BVT SJM',
  NZL: 'COK NIU TKL',
  SRB: 'XKX',
  USA: 'ASM GUM MNP PRI UMI VIR',
};

/** The nationality codes that count as a State's own nationals: its alpha-3 code and those of `CLAIMED`. */
export const originsOf = (state: string): ReadonlySet<string> => new Set([state, ...(CLAIMED[state]?.split(' ') ?? [])]);
