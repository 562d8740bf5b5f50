import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import './text-diff.css';
import { Untrusted } from './untrusted';

interface Line {
  op: 'same' | 'add' | 'drop';
  old: number;
  new: number;
  text: string;
}

const signs = { same: ' ', add: '+', drop: '−' };

/** What changed in a text, line by line, with a few lines around each change. */
export function TextDiff({ hunks }: { hunks: { lines: Line[] }[] }) {
  const { t } = useTranslation();
  if (hunks.length === 0) return <p className="soft">{t('kit.diff.none')}</p>;
  const words = { same: undefined, add: t('kit.diff.add'), drop: t('kit.diff.drop') };
  return (
    <div className="text-diff" role="region" tabIndex={0} aria-label={t('kit.diff.title')}>
      <table>
        <tbody>
          {hunks.map((hunk, at) => (
            <Fragment key={at}>
              {at > 0 && <tr className="gap"><td colSpan={4}>⋯</td></tr>}
              {hunk.lines.map((line) => (
                <tr key={`${line.old} ${line.new} ${line.op}`} className={line.op}>
                  <td className="at">{line.op !== 'add' && line.old}</td>
                  <td className="at">{line.op !== 'drop' && line.new}</td>
                  <td className="sign"><span aria-hidden="true">{signs[line.op]}</span>{words[line.op] && <span className="unseen">{words[line.op]}</span>}</td>
                  <td className="text"><Untrusted value={line.text} /></td>
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}
