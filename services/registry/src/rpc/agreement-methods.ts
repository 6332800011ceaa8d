import type { Agreement as AgreementMessage } from '@corridor/contracts/registry/v1/resources';
import { view } from '@corridor/kernel';
import { allow, allowWhileInactive, expectedVersionFrom, paged, parseAgreementName, parseSlug } from '@corridor/runtime';
import { draftAgreement } from '../application/draft-agreement.ts';
import { getAgreement, listAgreements } from '../application/read.ts';
import { resumeAgreement } from '../application/resume-agreement.ts';
import { signAgreement } from '../application/sign-agreement.ts';
import { suspendAgreement } from '../application/suspend-agreement.ts';
import { terminateAgreement } from '../application/terminate-agreement.ts';
import type { Agreement } from '../domain/agreement.ts';
import { canonicalText } from '../domain/agreement-text.ts';
import { agreementMessage } from '../messages.ts';
import { proposedTermsFrom } from './requests.ts';
import type { Served, Some } from './served.ts';

type AgreementMethods = Some<
  | 'draftAgreement'
  | 'signAgreement'
  | 'suspendAgreement'
  | 'resumeAgreement'
  | 'terminateAgreement'
  | 'getAgreement'
  | 'listAgreements'
>;

/** Agreements between agencies. */
export const agreementMethods = (served: () => Served): AgreementMethods => ({
  draftAgreement: allow(['administrator'], async ({ agreementId, agreement }, { caller }) =>
    withText(await draftAgreement(served().registry, caller, proposedTermsFrom(agreementId, agreement)))),
  signAgreement: allow(['administrator'], async ({ name, keyId, signature }, { caller }) => {
    const id = parseAgreementName(name, 'name');
    const signed = await signAgreement(served().registry, caller, id, parseSlug(keyId, 'key_id'), new Uint8Array(signature));
    return { agreement: agreementMessage(signed) };
  }),
  suspendAgreement: allowWhileInactive(['administrator'], async ({ name, expectedVersion, reason }, { caller }) => {
    const expected = expectedVersionFrom(expectedVersion);
    const suspended = await suspendAgreement(served().registry, caller, parseAgreementName(name, 'name'), expected, reason);
    return { agreement: agreementMessage(suspended) };
  }),
  resumeAgreement: allow(['administrator'], async ({ name, expectedVersion }, { caller }) => {
    const expected = expectedVersionFrom(expectedVersion);
    const resumed = await resumeAgreement(served().registry, caller, parseAgreementName(name, 'name'), expected);
    return { agreement: agreementMessage(resumed) };
  }),
  terminateAgreement: allowWhileInactive(['administrator'], async ({ name, expectedVersion, reason }, { caller }) => {
    const expected = expectedVersionFrom(expectedVersion);
    const terminated = await terminateAgreement(served().registry, caller, parseAgreementName(name, 'name'), expected, reason);
    return { agreement: agreementMessage(terminated) };
  }),
  getAgreement: allowWhileInactive('every actor', async ({ name }, { caller }) => withText(await getAgreement(served().registry, caller, parseAgreementName(name, 'name')))),
  listAgreements: allowWhileInactive('every actor', async (request, { caller }) => {
    const { registry, pageTokens } = served();
    const list = { list: 'ListAgreements', caller: caller.name };
    const { items, nextPageToken } = await paged(pageTokens, list, request, (after, limit) =>
      listAgreements(registry, caller, after, limit),
    );
    return { agreements: items.map(agreementMessage), nextPageToken };
  }),
});

const withText = (agreement: Agreement): { readonly agreement: AgreementMessage; readonly canonicalText: Buffer } => ({
  agreement: agreementMessage(agreement),
  canonicalText: view(canonicalText(agreement)),
});
