// The engine gives its reasons in English. The frequent ones have words in the page's language; others are shown as they are.
const said = [
  [/^not valid YAML: (.*)$/s, 'yaml'],
  [/^unknown modifier "(.*)"$/s, 'modifier'],
  [/^modifier "(.*)": cannot be combined with the modifiers before it$/s, 'combined'],
  [/^modifier "(.*)": stands without re before it$/s, 'withoutRe'],
  [/^modifier "(.*)": applies to text only$/s, 'textOnly'],
  [/^regular expression: (.*)$/s, 'regex'],
  [/^is missing$/s, 'missing'],
  [/^must be a map$/s, 'map'],
  [/^must be text$/s, 'text'],
  [/^must be a UUID$/s, 'uuid'],
  [/^has no search$/s, 'noSearch'],
  [/^has no value$/s, 'noValue'],
  [/^is an empty list$/s, 'emptyList'],
  [/^is an empty map$/s, 'emptyMap'],
  [/^names no rule$/s, 'noRule'],
  [/^names none of product, category and service$/s, 'noSource'],
  [/^"(.*)" is none of informational, low, medium, high, critical$/s, 'level'],
  [/^is also that of "(.*)"$/s, 'twice'],
  [/^is no Sigma rule$/s, 'notSigma'],
  [/^the text holds no rule$/s, 'empty'],
  [/^a rule is a map of keys$/s, 'topMap'],
  [/^a search in the whole event takes text and regular expressions only$/s, 'keywords'],
  [/^the value is a map; write nested fields with dots$/s, 'nested'],
  [/^placeholder %(.*)% has no value here$/s, 'placeholder'],
] as const satisfies [RegExp, string][];

export type Reason = (typeof said)[number][1];

/** Which of the reasons that have words one is, and what it names. */
export function readReason(reason: string): { key: Reason; what: string } | undefined {
  for (const [form, key] of said) {
    const found = form.exec(reason);
    if (found) return { key, what: found[1] ?? '' };
  }
  return undefined;
}
