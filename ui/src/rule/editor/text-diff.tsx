import { useTranslation } from 'react-i18next';
import type { RuleChanges } from '../../client';
import { Untrusted } from '../../kit/untrusted';
import './editor.css';

/** What became of a text, line by line; added and removed lines are told by sign, word and colour. */
export function TextDiff({ hunks }: Pick<RuleChanges, 'hunks'>) {
  const { t } = useTranslation();
  if (hunks.length === 0) return <p className="soft">{t('editor.versions.same')}</p>;
  return (
    <div className="text-diff" role="group" aria-label={t('editor.versions.changes')}>
      {hunks.map((hunk, i) => (
        <pre key={i}>
          {hunk.lines.map((line, j) => (
            <span key={j} className={`diff-line ${line.op}`}>
              <span className="faint number">{line.new || line.old}</span>{' '}
              <span aria-hidden="true">{line.op === 'add' ? '+' : line.op === 'drop' ? '−' : ' '}</span>
              {line.op !== 'same' && <span className="unseen">{t(`editor.versions.${line.op}`)}</span>} <Untrusted value={line.text} />{'\n'}
            </span>
          ))}
        </pre>
      ))}
    </div>
  );
}
