import { describe, expect, it } from 'vitest';
import { placesOf } from './places';

const found = (raw: string, structure: string, name: string, values: string[] = []) => placesOf(raw, structure, name, values).map(([from, to]) => raw.slice(from, to));

describe('where a value stands', () => {
  it('is behind its own name, not behind one that ends so', () => {
    expect(found('srcport=80 port=443 note=80', 'kv', 'port')).toEqual(['443']);
    expect(found('msg="a \\"b\\" c" x=1', 'kv', 'msg')).toEqual(['a \\"b\\" c']);
    expect(found('a=1,b=2;c=3', 'kv', 'b')).toEqual(['2']);
  });
  it('is behind the last part of a name in JSON', () => {
    expect(found('{"peer": {"addr": "192.0.2.1", "n": 7}}', 'json', 'peer.addr')).toEqual(['192.0.2.1']);
    expect(found('{"peer":{"n":7}}', 'json', 'peer.n')).toEqual(['7']);
  });
  it('is behind a full-width colon', () => {
    expect(found('\u6e90\u5730\u5740\uff1a192.0.2.1\uff0c\u52a8\u4f5c\uff1a\u963b\u65ad', 'colon', '\u52a8\u4f5c')).toEqual(['\u963b\u65ad']);
  });
  it('is where it stands by itself in lines without names', () => {
    expect(found('10|alice|110|10', 'columns', 'c1', ['10'])).toEqual(['10', '10']);
    expect(found('door 12 opened by bob', 'text', 's2', ['bob', 'opene'])).toEqual(['bob']);
  });
  it('is nowhere where the line does not have it', () => {
    expect(found('a=1', 'kv', 'b', ['2'])).toEqual([]);
    expect(found('a=', 'kv', 'a')).toEqual([]);
  });
});
