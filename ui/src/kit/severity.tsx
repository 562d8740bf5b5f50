import { useTranslation } from 'react-i18next';
import './severity.css';

export const levels = ['critical', 'high', 'medium', 'low', 'informational'] as const;
export type Level = (typeof levels)[number];

const shapes: Record<Level, React.ReactNode> = {
  critical: <path d="M6 .5 11.5 6 6 11.5.5 6z" />,
  high: <path d="M6 1 11.6 11H.4z" />,
  medium: <circle cx="6" cy="6" r="5" />,
  low: <circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" strokeWidth="1.6" />,
  informational: <path d="M2 5.2h8v1.6H2z" />,
};

export function isLevel(value: string): value is Level {
  return (levels as readonly string[]).includes(value);
}

/** A severity, told by colour, by shape and by word. */
export function Severity({ level, bare }: { level: string; bare?: boolean }) {
  const { t } = useTranslation();
  const known: Level = isLevel(level) ? level : 'informational';
  const name = t(`kit.level.${known}`);
  return (
    <span className={`severity ${known}`} title={bare ? name : undefined}>
      <svg viewBox="0 0 12 12" width="11" height="11" fill="currentColor" role="img" aria-label={name}>
        {shapes[known]}
      </svg>
      {!bare && <span aria-hidden="true">{name}</span>}
    </span>
  );
}
