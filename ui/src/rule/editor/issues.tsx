import { useTranslation } from 'react-i18next';
import type { RuleIssue } from '../../client';
import { revealed } from '../../kit/reveal';
import { readReason } from './reasons';

/** What is wrong, in words of the page's language. */
export function useIssueText(): (issue: RuleIssue) => string {
  const { t } = useTranslation();
  return ({ code, args, reason, path }) => {
    const [first = '', second = ''] = args.map((arg) => revealed(arg));
    switch (code) {
      case 'id': return t('editor.issue.id');
      case 'level': return t('editor.issue.level');
      case 'description': return t('editor.issue.description');
      case 'falsepositives': return t('editor.issue.falsepositives');
      case 'title_zh': return t('editor.issue.title_zh');
      case 'tag.none': return t('editor.issue.tagNone');
      case 'tag.unknown': return t('editor.issue.tagUnknown', { tag: first });
      case 'tag.retired': return t('editor.issue.tagRetired', { tag: first });
      case 'tag.tactic': return t('editor.issue.tagTactic', { tag: first, tactics: second });
      case 'field.unknown': return t(second ? 'editor.issue.fieldNear' : 'editor.issue.field', { field: first, near: second });
      case 'logsource.category': return t(second ? 'editor.issue.categoryNear' : 'editor.issue.category', { name: first, near: second });
      case 'logsource.product': return t('editor.issue.product', { name: first, near: second });
      case 'reference': return t('editor.issue.reference', { name: first });
      case 'cost.always': return t('editor.issue.always');
      case 'cost.field': return t('editor.issue.byField', { fields: first });
      case 'cost.expression': return t('editor.issue.expression');
    }
    const read = readReason(reason);
    const why = read ? t(`editor.reason.${read.key}`, { what: revealed(read.what) }) : revealed(reason);
    return path ? t('editor.issue.refusedAt', { path: revealed(path), reason: why }) : t('editor.issue.refused', { reason: why });
  };
}

interface Props {
  issues: RuleIssue[];
  goTo: (line: number, column: number) => void;
}

/** Everything that is wrong in the text; each opens its place. */
export function IssueList({ issues, goTo }: Props) {
  const { t } = useTranslation();
  const text = useIssueText();
  const errors = issues.filter((issue) => issue.severity === 'error').length;
  return (
    <section className="rule-issues" aria-label={t('editor.issues')}>
      <p className="rule-issues-sum" role="status">
        {errors > 0 && <b className="bad-text">{t('editor.errors', { count: errors })}</b>}
        {errors === 0 && <span className="good-text">{t('editor.clean')}</span>}
        {issues.length > errors && <span className="soft">{t('editor.warnings', { count: issues.length - errors })}</span>}
      </p>
      {issues.length > 0 && (
        <ul>
          {issues.map((issue, i) => (
            <li key={i}>
              <button type="button" className="rule-issue" onClick={() => goTo(issue.line, issue.column)}>
                <i className={`issue-sign ${issue.severity}`} role="img" aria-label={t(`editor.severity.${issue.severity}`)} />
                <span className="number faint">{t('editor.line', { line: issue.line })}</span>
                <span>{text(issue)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
