import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RuleNode, RuleTest, RuleTree, TestPattern } from '../../client';
import { Untrusted } from '../../kit/untrusted';
import { Value } from '../../kit/value-menu';
import { useFocus } from './focus';
import { useFieldLabel } from './labels';
import { hitsIn, relation } from './model';
import { Marked } from './raw';

interface Props {
  tree: RuleTree;
  tenant: string;
  at: string;
  /** Leaves out what does not hold. */
  compact?: boolean;
  /** All of it open: for those who look for what does not hold. */
  open?: boolean;
}

/** A condition by itself, asked of no event: all of it open, without answers. */
export function PlainTree({ tree }: { tree: RuleTree }) {
  return <ConditionTree tree={tree} tenant="" at="" plain />;
}

/** The rule's condition, each part with its answer. The true path is open; all else on demand. */
export function ConditionTree({ tree, tenant, at, compact, plain, open }: Props & { plain?: boolean }) {
  const { t } = useTranslation();
  return (
    <div className="condition">
      {!compact && tree.conditions.map((condition, i) => (
        <p key={i} className="condition-text"><span className="faint">{t('why.condition')}</span> <code><Untrusted value={condition} /></code></p>
      ))}
      <ul className="condition-tree" aria-label={t('why.tree')}>
        <TreeNode node={tree.root} view={{ tree, tenant, at, compact: compact ?? false, plain: plain ?? false, open: open ?? false }} wanted />
      </ul>
    </div>
  );
}

interface View {
  tree: RuleTree;
  tenant: string;
  at: string;
  compact: boolean;
  plain: boolean;
  open: boolean;
}

/** wanted says whether the rule is helped by this part being true: below a negation it is not. */
function TreeNode({ node, view, wanted }: { node: RuleNode; view: View; wanted: boolean }) {
  const [open, setOpen] = useState(view.plain || view.open || (node.holds && wanted));
  if (node.test) return <TestLine test={node.test} holds={node.holds} view={view} />;
  const kids = view.compact ? node.kids.filter((kid) => kid.holds) : node.kids;
  const below = node.kind === 'not' ? !wanted : wanted;
  return (
    <li>
      <NodeLine node={node} plain={view.plain} open={open} toggle={kids.length > 0 ? () => setOpen(!open) : undefined} />
      {open && kids.length > 0 && (
        <ul>
          {kids.map((kid, i) => <TreeNode key={i} node={kid} view={view} wanted={below} />)}
          {!view.compact && node.omitted > 0 && <Omitted count={node.omitted} />}
        </ul>
      )}
    </li>
  );
}

function Omitted({ count }: { count: number }) {
  const { t } = useTranslation();
  return <li className="faint truth-gap">{t('why.omitted', { count })}</li>;
}

function NodeLine({ node, plain, open, toggle }: { node: RuleNode; plain: boolean; open: boolean; toggle?: () => void }) {
  const { t } = useTranslation();
  const held = node.kids.filter((kid) => kid.holds).length;
  const line = (
    <>
      {!plain && <Truth holds={node.holds} />}
      {node.kind === 'not' && <b>{t('why.node.not')}</b>}
      {node.text && <code><Untrusted value={node.text} /></code>}
      {node.kind !== 'not' && (node.of > 1 || !node.text) && (
        <span className="soft">{t(node.need === node.of ? 'why.node.all' : node.need === 1 ? 'why.node.any' : 'why.node.some', { need: node.need, of: node.of })}</span>
      )}
      {!plain && node.kind !== 'not' && node.of > 1 && node.kids.length > 0 && <span className="faint">{t('why.node.held', { held, of: node.of })}</span>}
      {node.repeated && <span className="faint">{t('why.node.repeated')}</span>}
    </>
  );
  if (!toggle) return <div className="truth-line">{line}</div>;
  return (
    <button type="button" className="truth-line" aria-expanded={open} onClick={toggle}>
      <span className="truth-fold" aria-hidden="true">{open ? '▾' : '▸'}</span>
      {line}
    </button>
  );
}

/** True or false, told by shape, by colour and, to those who listen, by word. */
function Truth({ holds }: { holds: boolean }) {
  const { t } = useTranslation();
  return (
    <svg className={holds ? 'truth yes' : 'truth no'} viewBox="0 0 14 14" width="13" height="13" role="img" aria-label={t(holds ? 'why.true' : 'why.false')}>
      {holds
        ? <><circle cx="7" cy="7" r="6.5" fill="currentColor" /><path d="M3.8 7.2 6.2 9.6 10.4 4.8" fill="none" stroke="var(--bg)" strokeWidth="1.7" /></>
        : <><circle cx="7" cy="7" r="5.9" fill="none" stroke="currentColor" strokeWidth="1.2" /><path d="M4.7 4.7 9.3 9.3 M9.3 4.7 4.7 9.3" stroke="currentColor" strokeWidth="1.2" /></>}
    </svg>
  );
}

function TestLine({ test, holds, view }: { test: RuleTest; holds: boolean; view: View }) {
  const { t } = useTranslation();
  const label = useFieldLabel();
  const values = test.values.flatMap((index) => view.tree.values[index] ?? []);
  const { on, props } = useFocus(values.map((value) => value.field));
  const mapped = values[0]?.field ?? test.names[0];
  const name = test.field === '' ? undefined : (label(test.field) ?? (mapped ? label(mapped) : undefined));
  return (
    <li className={on ? 'lit' : ''} {...props}>
      <div className="truth-line">
        {!view.plain && <Truth holds={holds} />}
        {name && <span>{name}</span>}
        {test.field !== '' && name?.toLowerCase() !== test.field.toLowerCase() && <code title={[test.field, ...test.modifiers].join('|')} className="rule-field"><Untrusted value={test.field} /></code>}
        {test.field === '' && <span>{t('why.keywords')}</span>}
        <Patterns test={test} plain={view.plain} />
      </div>
      {!view.plain && <Values test={test} view={view} />}
    </li>
  );
}

const together = 2; // patterns shown without asking
const togetherPlain = 6; // where they are all there is to read

function Patterns({ test, plain }: { test: RuleTest; plain: boolean }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const holding = test.patterns.filter((pattern) => pattern.holds);
  const most = plain ? togetherPlain : together;
  const many = test.count > most;
  const first = test.all || holding.length === 0 ? test.patterns : holding;
  const shown = all ? test.patterns : first.slice(0, most);
  const how = t(`why.relation.${test.negated ? 'not' : 'yes'}.${relation(test, test.patterns[0])}`);
  return (
    <>
      <span className="soft">{how}</span>
      {test.count > 1 && <span className="soft">{t(test.all ? 'why.pattern.all' : 'why.pattern.one', { count: test.count })}</span>}
      {shown.map((pattern, i) => <PatternTag key={i} pattern={pattern} plain={plain || test.count === 1} />)}
      {many && (test.count > shown.length || all) && (
        <button type="button" className="link" onClick={() => setAll(!all)} aria-expanded={all}>
          {t(all ? 'why.pattern.fewer' : 'why.pattern.rest', { count: test.count - shown.length })}
        </button>
      )}
      {all && test.count > test.patterns.length && <span className="faint">{t('why.omitted', { count: test.count - test.patterns.length })}</span>}
      {test.modifiers.length > 0 && <span className="faint modifiers">|{test.modifiers.join('|')}</span>}
    </>
  );
}

function PatternTag({ pattern, plain }: { pattern: TestPattern; plain: boolean }) {
  const { t } = useTranslation();
  if (pattern.null) return null;
  return (
    <code className={`pattern ${pattern.holds ? 'holds' : ''}`} title={plain ? undefined : t(pattern.holds ? 'why.pattern.holds' : 'why.pattern.fails')}>
      <Untrusted value={pattern.text} />
    </code>
  );
}

const valuesShown = 4;
const keywordValuesShown = 1; // a keyword of one field stands in the message and the record as well

function Values({ test, view }: { test: RuleTest; view: View }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  if (test.absent) {
    return view.compact ? null : <p className="truth-value faint">{t('why.absent', { names: test.names.slice(0, 2).join(', ') })}</p>;
  }
  const list = all ? test.values : test.values.slice(0, test.field === '' ? keywordValuesShown : valuesShown);
  return (
    <>
      {list.map((index) => <OneValue key={index} index={index} test={test} view={view} />)}
      {test.values.length > list.length && <button type="button" className="link truth-value" onClick={() => setAll(true)}>{t('why.moreValues', { count: test.values.length - list.length })}</button>}
    </>
  );
}

function OneValue({ index, test, view }: { index: number; test: RuleTest; view: View }) {
  const { t } = useTranslation();
  const value = view.tree.values[index];
  if (!value) return null;
  const cut = value.length - value.value.length;
  return (
    <p className="truth-value">
      <span className="faint"><Untrusted value={value.field} /> = </span>
      <code>
        {value.value === ''
          ? <span className="faint">{t('why.emptyText')}</span>
          : <Value field={value.field} value={value.value} tenant={view.tenant} at={view.at}>{<Marked text={value.value} ranges={hitsIn(view.tree, index, test.patterns)} />}</Value>}
      </code>
      {cut > 0 && <span className="faint"> {t('kit.cut', { count: cut })}</span>}
    </p>
  );
}
