import createClient from 'openapi-fetch';
import i18next from 'i18next';
import { Problem } from './problem';
import type { components, paths } from './schema';

export { Problem } from './problem';

type Schemas = components['schemas'];
export type Address = Schemas['Address'];
export type LostCoverage = Schemas['LostCoverage'];
export type Alert = Schemas['Alert'];
export type AttackCoverage = Schemas['AttackCoverage'];
export type AttackTechnique = Schemas['AttackTechnique'];
export type AlertDetail = Schemas['AlertDetail'];
export type AlertEvidence = Schemas['AlertEvidence'];
export type AlertExplanation = Schemas['AlertExplanation'];
export type AlertGroup = Schemas['AlertGroup'];
export type AlertGroups = Schemas['AlertGroups'];
export type AlertStats = Schemas['AlertStats'];
export type AlertRelated = Schemas['AlertRelated'];
export type AlertPrecedents = Schemas['AlertPrecedents'];
export type AlertBulk = Schemas['AlertBulk'];
export type AlertBulkOutcome = Schemas['AlertBulkOutcome'];
export type Person = Schemas['Person'];
export type AlertMatch = Schemas['AlertMatch'];
export type AlertPrevalence = Schemas['AlertPrevalence'];
export type ValuePrevalence = Schemas['ValuePrevalence'];
export type MessagePattern = Schemas['MessagePattern'];
export type NumbersResult = Schemas['NumbersResult'];
export type AlertPage = Schemas['AlertPage'];
export type AlertMove = Schemas['AlertMove'];
export type AlertTransition = Schemas['AlertTransition'];
export type AuditCheck = Schemas['AuditCheck'];
export type AuditEntry = Schemas['AuditEntry'];
export type Bucket = Schemas['Bucket'];
export type Component = Schemas['Component'];
export type Credentials = Schemas['Credentials'];
export type Backfill = Schemas['Backfill'];
export type DryRun = Schemas['DryRun'];
export type EventReading = Schemas['EventReading'];
export type Exception = Schemas['Exception'];
export type ExceptionImpact = Schemas['ExceptionImpact'];
export type ExceptionTerm = Schemas['ExceptionTerm'];
export type Demo = Schemas['Demo'];
export type DemoAlert = Schemas['DemoAlert'];
export type DemoStep = Schemas['DemoStep'];
export type FreshSource = Schemas['FreshSource'];
export type FreshToken = Schemas['FreshToken'];
export type Health = Schemas['Health'];
export type HealthHistory = Schemas['HealthHistory'];
export type HealthMinute = Schemas['HealthMinute'];
export type InboxGroup = Schemas['InboxGroup'];
export type Overview = Schemas['Overview'];
export type OverviewStanding = Schemas['OverviewStanding'];
export type LevelCounts = Schemas['LevelCounts'];
export type Me = Schemas['Me'];
export type Membership = Schemas['Membership'];
export type Pack = Schemas['Pack'];
export type PackDetail = Schemas['PackDetail'];
export type PackDiff = Schemas['PackDiff'];
export type PackFeed = Schemas['PackFeed'];
export type PackKey = Schemas['PackKey'];
export type RuleChange = Schemas['RuleChange'];
export type RelatedAlert = Schemas['RelatedAlert'];
export type Refusal = Schemas['Refusal'];
export type Rule = Schemas['Rule'];
export type RuleDetail = Schemas['RuleDetail'];
export type RuleGap = Schemas['RuleGap'];
export type RuleGaps = Schemas['RuleGaps'];
export type FeedSource = Schemas['FeedSource'];
export type KeptSample = Schemas['KeptSample'];
export type RuleMove = Schemas['RuleMove'];
export type RuleStanding = Schemas['RuleStanding'];
export type RuleChanges = Schemas['RuleChanges'];
export type RuleVersion = Schemas['RuleVersion'];
export type RuleIssue = Schemas['RuleIssue'];
export type RuleSample = Schemas['RuleSample'];
export type RuleTrial = Schemas['RuleTrial'];
export type RuleRecord = Schemas['RuleRecord'];
export type RulePage = Schemas['RulePage'];
export type RuleNode = Schemas['RuleNode'];
export type RuleTest = Schemas['RuleTest'];
export type RuleTree = Schemas['RuleTree'];
export type SearchResult = Schemas['SearchResult'];
export type HistogramResult = Schemas['HistogramResult'];
export type Setup = Schemas['Setup'];
export type Source = Schemas['Source'];
export type Stretch = Schemas['Stretch'];
export type LatestRecord = Schemas['LatestRecord'];
export type Parser = Schemas['Parser'];
export type ParserCatalogue = Schemas['ParserCatalogue'];
export type ParserDetail = Schemas['ParserDetail'];
export type ParserFormat = Schemas['ParserFormat'];
export type ParserSample = Schemas['ParserSample'];
export type EventField = Schemas['EventField'];
export type ParserProposal = Schemas['ParserProposal'];
export type ParserProposalDetail = Schemas['ParserProposalDetail'];
export type ProposedParser = Schemas['ProposedParser'];
export type ProposedDevice = Schemas['ProposedDevice'];
export type ProposedFormat = Schemas['ProposedFormat'];
export type ProposedField = Schemas['ProposedField'];
export type ProposedRow = Schemas['ProposedRow'];
export type ProposalCorrection = Schemas['ProposalCorrection'];
export type OwnParser = Schemas['OwnParser'];
export type OwnPack = Schemas['OwnPack'];
export type OwnPackVersion = Schemas['OwnPackVersion'];
export type SourceTemplate = Schemas['SourceTemplate'];
export type ParseStep = Schemas['ParseStep'];
export type ParseResult = Schemas['ParseResult'];
export type RefusedSender = Schemas['RefusedSender'];
export type CoveredRule = Schemas['CoveredRule'];
export type SourcePoint = Schemas['SourcePoint'];
export type SourcesPage = Schemas['SourcesPage'];
export type InboxRecord = Schemas['InboxRecord'];
export type Tenant = Schemas['Tenant'];
export type TenantFigures = Schemas['TenantFigures'];
export type TestPattern = Schemas['TestPattern'];
export type Token = Schemas['Token'];
export type User = Schemas['User'];
export type View = Schemas['View'];
/** A flat ECS event: dotted names, values as text. */
export type FlatEvent = Record<string, unknown>;

/** The API as docs/openapi.yaml describes it. Every call goes through [ask], which throws what went wrong. */
export const client = createClient<paths>({ baseUrl: '' });

client.use({
  onRequest({ request }) {
    request.headers.set('Accept-Language', i18next.language);
    return request;
  },
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Returns the body of an answer, or throws a [Problem]. */
export async function ask<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw Problem.unreachable();
  }
  if (!answer.response.ok) throw Problem.from(answer.response.status, answer.error);
  return answer.data as T;
}
