import { expect, it } from 'vitest';
import { headline } from './headline';

it('takes the message where people can read it', () => {
  expect(headline({ message: ' Failed password\n for root ', 'event.action': 'x', 'user.name': 'root' })).toBe('Failed password for root');
  expect(headline({ message: '<13>hello', 'event.action': 'x', 'user.name': 'y' })).toContain('x · y');
  expect(headline({ message: '[error] it broke', 'event.action': 'x', 'user.name': 'y' })).toBe('[error] it broke');
});

it('makes a line of the fields of a document', () => {
  expect(headline({
    message: '{"winlog":{"event_id":1}}', 'winlog.channel': 'Microsoft-Windows-Sysmon/Operational', 'event.code': '1', 'winlog.event_id': '1',
    'event.action': 'Process Create', 'process.command_line': 'cmd.exe /c whoami', 'user.name': '-', 'winlog.event_data.TargetUserName': 'bob',
  })).toBe('Microsoft-Windows-Sysmon/Operational · 1 · Process Create · cmd.exe /c whoami · bob');
});

it('falls back to the record', () => {
  expect(headline({ message: '{"a":1}' })).toBe('{"a":1}');
  expect(headline({ 'event.original': 'raw text' })).toBe('raw text');
  expect(headline({})).toBe('');
  expect(headline({ message: 'x'.repeat(5000) })).toHaveLength(400);
});
