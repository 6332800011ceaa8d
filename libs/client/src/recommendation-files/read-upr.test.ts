import { createReadStream } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Position, Theme } from '@corridor/contracts/followup/v1/resources';
import { importInvalid, type Problem } from '../csv/problems.ts';
import { bytes, dataFile } from '../testing/files.ts';
import { countriesOf } from './countries.ts';
import { identified, type FiledRecommendation } from './filed.ts';
import { readUprRecommendations, type UprOptions } from './read-upr.ts';

const HEADER = 'To,Text,From,Response,Action,Issue,Session';
const options: UprOptions = {
  meetingOf: (session) => (session === '99' ? undefined : `meetings/upr-${session}`),
  countryOf: countriesOf(new Map()),
  addresseesOf: (country) => (country === 'KWT' ? [] : [`agencies/${country.toLowerCase()}-foreign-affairs`]),
  otherTheme: Theme.THEME_LAW_ALIGNMENT,
};
const good = 'Jordan,Protect migrants,Algeria,Accepted,4,Migrants,4';

async function filedOf(text: string, changed: Partial<UprOptions> = {}): Promise<readonly FiledRecommendation[]> {
  const result = await readUprRecommendations(bytes(text), { ...options, ...changed });
  if ('problems' in result) throw importInvalid('file', result.problems);
  return result.filed;
}

async function problemsOf(text: string | Uint8Array): Promise<readonly Problem[]> {
  const result = await readUprRecommendations(bytes(text), options);
  return 'problems' in result ? result.problems : [];
}

describe('a file of the Universal Periodic Review', () => {
  it('becomes recommendations with country, addressee, position and themes', async () => {
    const [one] = await filedOf(`${HEADER}\nJordan,"  Accede to\n the Convention ",Japan,Noted,5,"Asylum-seekers - refugees,Other,International instruments",4\n`);
    expect(one).toMatchObject({
      line: 2,
      meeting: 'meetings/upr-4',
      recommendation: {
        text: 'Accede to the Convention',
        reference: 'UPR session 4, action 5',
        recommender: 'Japan',
        area: 'JOR',
        addressees: ['agencies/jor-foreign-affairs'],
        position: Position.POSITION_NOTED,
        themes: [Theme.THEME_ACCESS_TO_TERRITORY, Theme.THEME_LAW_ALIGNMENT],
        handling: undefined,
      },
    });
  });

  it('may have further columns, in any order', async () => {
    const [one] = await filedOf('Session,To-Rgrp,To,Text,From,Response,Action,Issue\n4,Asia,Jordan,Protect,Algeria,Accepted,4,Migrants\n');
    expect(one?.recommendation.area).toBe('JOR');
  });

  it.each<[string, string, readonly [number, RegExp][]]>([
    ['a missing column', 'To,Text,From,Response,Action,Issue\nJordan,Protect,Algeria,Accepted,4,Migrants\n', [[1, /lacks Session/]]],
    ['a ragged line', `${HEADER}\n${good}\nJordan,Protect,Algeria,Accepted,4,4\n`, [[3, /has 6 columns, not 7/]]],
    ['a State that is no country of the gazetteer', `${HEADER}\nSyria,Protect,Algeria,Accepted,4,Migrants,4\n`, [[2, /To "Syria" is no country/]]],
    ['a country nobody answers for', `${HEADER}\nKuwait,Protect,Algeria,Accepted,4,Migrants,4\n`, [[2, /name an agency for KWT/]]],
    ['an unknown response', `${HEADER}\nJordan,Protect,Algeria,Pending,4,Migrants,4\n`, [[2, /Response "Pending" is not/]]],
    ['an action of 6', `${HEADER}\nJordan,Protect,Algeria,Accepted,6,Migrants,4\n`, [[2, /Action "6"/]]],
    ['a session without a meeting', `${HEADER}\nJordan,Protect,Algeria,Accepted,4,Migrants,99\n`, [[2, /Session "99" has no meeting/]]],
    ['a session that is none', `${HEADER}\nJordan,Protect,Algeria,Accepted,4,Migrants,-1\n`, [[2, /Session "-1" is not a number/]]],
    ['no text', `${HEADER}\nJordan," ",Algeria,Accepted,4,Migrants,4\n`, [[2, /Text/]]],
    ['the same line with another response', `${HEADER}\n${good}\n${good.replace('Accepted', 'Noted')}\n`, [[3, /of line 2 with other content/]]],
    ['several faults', `${HEADER}\nSyria,Protect,Algeria,Maybe,4,Migrants,4\n${good}\n\nJordan,,Algeria,Accepted,9,Migrants,4\n`, [[2, /To.*Response/], [5, /Action.*Text/]]],
  ])('is refused with its line numbers for %s', async (_, text, expected) => {
    const problems = await problemsOf(text);
    expect(problems.map(({ line }) => line)).toEqual(expected.map(([line]) => line));
    expected.forEach(([, reason], i) => expect(problems[i]?.reason).toMatch(reason));
  });

  it('is refused in another encoding', async () => {
    expect(await problemsOf(Buffer.from(`${HEADER}\n${good}\n${good.replace('Algeria', "Côte d'Ivoire")}\n`, 'latin1'))).toEqual([{ line: 3, reason: 'is not UTF-8' }]);
  });
});

const meetingTime = (): number => Date.UTC(2009, 1, 2);

describe('the published recommendations to 22 States', () => {
  const file = dataFile('recommendations/upr_refugee_arab_league_subset.csv');
  const everyAgency = { ...options, addresseesOf: () => ['agencies/foreign-affairs'] };

  it('are 408, of 17 sessions, 328 of them accepted and 80 noted, once it is said which country Syria is', async () => {
    const result = await readUprRecommendations(createReadStream(file), { ...everyAgency, countryOf: countriesOf(new Map([['Syria', 'SYR']])) });
    if ('problems' in result) throw importInvalid(file, result.problems);
    const { filed } = result;
    const count = (has: (one: FiledRecommendation['recommendation']) => boolean): number => filed.filter(({ recommendation }) => has(recommendation)).length;
    expect(filed.length).toBe(408);
    expect(new Set(filed.map(({ meeting }) => meeting)).size).toBe(17);
    expect(new Set(filed.map(({ recommendation }) => recommendation.area)).size).toBe(22);
    expect(filed.filter(({ meeting }) => meeting === 'meetings/upr-9').length).toBe(58);
    expect([count(({ position }) => position === Position.POSITION_ACCEPTED), count(({ position }) => position === Position.POSITION_NOTED)]).toEqual([328, 80]);
    // Counted with another program over the column Issue.
    expect(count(({ themes }) => themes.includes(Theme.THEME_ACCESS_TO_TERRITORY))).toBe(67);
    expect(count(({ themes }) => themes.includes(Theme.THEME_IDENTIFICATION))).toBe(109);
    expect(count(({ themes }) => themes.includes(Theme.THEME_HEALTH))).toBe(4);
    expect(count(({ themes }) => themes.includes(Theme.THEME_SECURITY))).toBe(5);
    expect(filed.filter(({ line }) => [93, 101, 191, 335].includes(line)).map(({ recommendation }) => recommendation.themes)).toEqual(
      Array.from({ length: 4 }, () => [Theme.THEME_LAW_ALIGNMENT]),
    );
  });

  it('are refused with six lines while nobody says which country Syria is', async () => {
    const result = await readUprRecommendations(createReadStream(file), everyAgency);
    if (!('problems' in result)) throw new Error('Syria has become a name of the gazetteer');
    expect(result.problems.map(({ line }) => line)).toEqual([94, 95, 96, 97, 98, 99]);
  });

  it('have 408 ids, the same in every import; eight say what another State had said before them', async () => {
    const read = async () => {
      const result = await readUprRecommendations(createReadStream(file), { ...everyAgency, countryOf: countriesOf(new Map([['Syria', 'SYR']])) });
      return 'problems' in result ? [] : result.filed;
    };
    const [first, second] = [identified(await read(), meetingTime, true), identified(await read(), meetingTime, true)];
    expect(second).toEqual(first);
    const lineOf = new Map(first.map(({ line, recommendation }) => [`recommendations/${recommendation.recommendationId}`, line]));
    expect(lineOf.size).toBe(408);
    const repeats = first.filter(({ recommendation }) => recommendation.duplicateOf !== '');
    expect(repeats.map(({ line, recommendation }) => [line, lineOf.get(recommendation.duplicateOf)])).toEqual([
      [19, 18], [20, 18], [104, 103], [105, 103], [136, 135], [261, 260], [262, 260], [278, 277],
    ]);
    expect(identified(await read(), meetingTime).filter(({ recommendation }) => recommendation.duplicateOf !== '')).toEqual([]);
  });
});

describe('an id that the file does not state', () => {
  const line = (recommender: string): string => `Jordan,Protect migrants,${recommender},Accepted,4,Migrants,4`;

  it('begins with the time of the meeting and stays the same for good', async () => {
    const [one] = identified(await filedOf(`${HEADER}\n${good}\n`), meetingTime);
    // A golden value: recommendations imported years ago must stay recognisable.
    expect(one?.recommendation.recommendationId).toBe('011f3448-cc00-82bb-913d-53da94d700a4');
  });

  it('does not depend on what else the file holds, on the response, or on who answers', async () => {
    const [alone] = identified(await filedOf(`${HEADER}\n${good}\n`), meetingTime);
    const later = identified(await filedOf(`${HEADER}\n${line('Chad')}\n${good.replace('Accepted', 'Noted')}\n`, { addresseesOf: () => ['agencies/other'] }), meetingTime);
    expect(later[1]?.recommendation.recommendationId).toBe(alone?.recommendation.recommendationId);
    expect(later[0]?.recommendation.recommendationId).not.toBe(alone?.recommendation.recommendationId);
  });

  it('is another one for a line that is the same as one before it, and marks it as a repeat', async () => {
    const [first, second, third] = identified(await filedOf(`${HEADER}\n${good}\n${good}\n${good}\n`), meetingTime);
    expect(new Set([first, second, third].map((one) => one?.recommendation.recommendationId)).size).toBe(3);
    const name = `recommendations/${first?.recommendation.recommendationId}`;
    expect([first, second, third].map((one) => one?.recommendation.duplicateOf)).toEqual(['', name, name]);
  });
});
