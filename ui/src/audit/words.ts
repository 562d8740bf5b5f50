import { useTranslation } from 'react-i18next';

/** Everything the server keeps in its audit chains; a test reads its source for those that are missing here. */
export const actions = [
  'alert.new', 'alert.acknowledged', 'alert.investigating', 'alert.closed', 'alert.assign', 'alert.list', 'alert.read', 'alert.explain', 'alert.stats',
  'event.search', 'event.histogram', 'event.fields', 'event.values', 'event.export', 'event.exported', 'event.tail', 'event.read', 'event.around', 'event.prevalence', 'event.patterns', 'event.numbers', 'event.advice',
  'source.create', 'source.update', 'source.delete', 'source.rotate_token', 'source.list', 'source.read', 'source.latest', 'source.parsers',
  'parser.propose', 'parser.learn', 'parser.approve', 'parser.reject', 'parser.retire', 'parser.restore', 'parser.proposals', 'parser.proposal', 'parser.templates',
  'inbox.assign', 'inbox.delete', 'inbox.read',
  'content.import', 'content.activate', 'content.roll_back', 'content.remove', 'content.trust_key', 'content.revoke_key',
  'content.add_feed', 'content.set_feed', 'content.remove_feed',
  'rule.create', 'rule.save', 'rule.rollback', 'rule.remove', 'rule.overlay', 'rule.samples', 'rule.state', 'rule.override', 'rule.dry_run', 'rule.backfill', 'rule.backfill_cancel',
  'tenant.create', 'tenant.update', 'tenant.delete',
  'user.create', 'user.update', 'user.update_self', 'user.login', 'user.login_failed', 'user.logout',
  'token.issue', 'token.revoke',
  'exception.create', 'exception.update', 'exception.remove', 'exception.preview', 'exception.list', 'exception.read',
  'view.create', 'view.update', 'view.delete', 'view.default',
  'setup.dismiss', 'demo.start', 'demo.finish', 'demo.fail', 'demo.stop', 'demo.remove',
  'overview.read', 'overview.seen',
  'audit.list', 'audit.verify', 'audit.export',
] as const;

/** The nouns of actions, which select all actions of one kind. */
export const nouns = [...new Set(actions.map((action) => nounOf(action)))];

type Split<S> = S extends `${infer Noun}.${string}` ? Noun : never;
export type Noun = Split<(typeof actions)[number]>;

function nounOf(action: (typeof actions)[number]): Noun {
  return action.slice(0, action.indexOf('.')) as Noun;
}

/** What an action is called in the page's language; its own name where there is none. */
export function useActionName(): (action: string) => string {
  const { t } = useTranslation();
  return (action) => {
    const known = actions.find((each) => each === action);
    if (known) return t(`audit.actions.${known}`);
    const noun = nouns.find((each) => each === action);
    return noun ? t(`audit.nouns.${noun}`) : action;
  };
}
