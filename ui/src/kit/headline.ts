import type { FlatEvent } from '../client';
import { asText } from './fields';

// Where a record has no message of its own, these say in one line what it is about, in this order.
const heads = [['winlog.channel', 'event.provider', 'event.module'], ['event.code', 'winlog.event_id'], ['event.action', 'rule.name'], ['event.outcome']];
const subjects = [
  ['process.command_line', 'winlog.event_data.CommandLine', 'process.executable', 'process.name'],
  ['registry.path', 'winlog.event_data.TargetObject'],
  ['file.path', 'winlog.event_data.TargetFilename', 'dll.path', 'winlog.event_data.ImageLoaded'],
  ['dns.question.name', 'url.original', 'url.full'],
  ['powershell.file.script_block_text', 'winlog.event_data.ScriptBlockText', 'winlog.event_data.ServiceName', 'winlog.event_data.TaskName', 'winlog.event_data.ShareName'],
  ['source.ip'],
  ['destination.ip', 'destination.domain'],
  ['user.name', 'winlog.event_data.TargetUserName'],
];
const most = 400;

/** One readable line of an event: its message, or, where that is a document for machines, what its fields say. */
export function headline(event: FlatEvent): string {
  const message = asText(event['message']).trim();
  if (message !== '' && !machine(message)) return oneLine(message);
  const parts = [...heads, ...subjects].flatMap((names) => {
    const value = names.map((name) => oneLine(asText(event[name]))).find((each) => each !== '' && each !== '-');
    return value ? [value] : [];
  });
  return parts.length > 1 ? [...new Set(parts)].join(' · ').slice(0, most) : oneLine(message || asText(event['event.original']));
}

function machine(text: string): boolean {
  return /^[{[<]/.test(text) && /["'>]/.test(text.slice(1, 200));
}

function oneLine(text: string): string {
  return text.slice(0, 2 * most).replace(/\s+/g, ' ').trim().slice(0, most);
}
