import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileNamePattern, compilePattern, covers, isUniversal, likePattern } from '../../src/policy/pattern.ts';
import { effort } from '../effort.ts';
import { name, part } from './examples.ts';

describe('a pattern of one name', () => {
  it.each([
    ['customers', 'customers', true],
    ['customers', 'Customers', false],
    ['customers', 'customers_old', false],
    ['*', '', true],
    ['*', 'anything at all', true],
    ['cust*', 'customers', true],
    ['cust*', 'a_cust', false],
    ['*_log', 'audit_log', true],
    ['a*b*c', 'a__b__c', true],
    ['a*b*c', 'a__c__b', false],
    ['ab*ba', 'aba', false],
    ['a**b', 'a-b', true],
    ['a.c', 'abc', false],
    ['/a.c/', 'abc', true],
    ['/a.c/', 'xabcx', false],
    ['/a|b/', 'ab', false],
    ['/cust(omers)?_[0-9]+/', 'customers_12', true],
    ['/.*secret.*/', 'a\nsecret\nb', true],
    ['"a*b"', 'a*b', true],
    ['"a*b"', 'axb', false],
    ['"say ""hi"""', 'say "hi"', true],
    ['"/x/"', '/x/', true],
  ])('%s held against %j gives %s', (source, text, expected) => {
    expect(part(source).matches(text)).toBe(expected);
  });

  it.each([
    ['', 'is empty'],
    ['   ', 'is empty'],
    [' a', 'begins or ends with white space'],
    ['a\tb', 'holds a control character'],
    ['a\0', 'holds a control character'],
    ['""', 'is empty'],
    ['//', 'holds an empty expression'],
    ['/(/', 'holds an expression that cannot be used'],
    ['/(?=a)/', 'holds an expression that cannot be used'],
    ['/(a)\\1/', 'holds an expression that cannot be used'],
    ['/a', 'begins an expression'],
    ['/', 'begins an expression'],
    ['"a', 'begins a quoted name'],
    ['a'.repeat(513), 'is longer than 512 characters'],
  ])('%j is refused because it %s', (source, reason) => {
    const compiled = compilePattern(source);
    expect(compiled.ok ? 'compiled' : compiled.reason).toContain(reason);
  });

  it('matches a name and nothing else when the name is quoted', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z*/."]{1,20}$/u), fc.string(), (text, other) => {
        const pattern = part(`"${text.replaceAll('"', '""')}"`);
        expect(pattern.matches(text)).toBe(true);
        expect(pattern.matches(other)).toBe(other === text);
      }),
    );
  });

  it('answers an expression that makes backtracking engines hang at once', () => {
    const spent = effort();
    expect(part('/(a+)+b/').matches('a'.repeat(20_000))).toBe(false);
    expect(part(`${'*a'.repeat(200)}b`).matches('a'.repeat(20_000))).toBe(false);
    expect(spent()).toBeLessThan(2000);
  });
});

describe('a pattern of names joined by dots', () => {
  it.each([
    ['app.customers', ['app', 'customers']],
    ['*.*.ssn', ['*', '*', 'ssn']],
    ['app./cust.*_v[0-9]+/', ['app', '/cust.*_v[0-9]+/']],
    ['/a.b/.c', ['/a.b/', 'c']],
    ['"odd.name".t', ['"odd.name"', 't']],
    ['"a"".b".t', ['"a"".b"', 't']],
    ['/a\\/.b/.c', ['/a\\/.b/', 'c']],
  ])('%s has the parts %j', (source, parts) => {
    expect(name(source).parts.map((one) => one.source)).toEqual(parts);
  });

  it.each([['app.'], ['.customers'], ['app..customers'], ['.'], ['app. customers']])('%j is refused', (source) => {
    expect(compileNamePattern(source).ok).toBe(false);
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), fc.string(), (source, text) => {
        const compiled = compileNamePattern(source);
        const answers = compiled.ok ? compiled.value.parts.map((one) => typeof one.matches(text)) : ['refused'];
        expect(new Set(answers)).toEqual(new Set([compiled.ok ? 'boolean' : 'refused']));
        expect(compiled.ok || compiled.reason !== '').toBe(true);
      }),
    );
  });
});

describe('one pattern covers another', () => {
  it.each([
    ['*', '/a|b/', true],
    ['a*', 'abc', true],
    ['a*', 'ab*', true],
    ['a*c', 'ab*bc', true],
    ['*b', 'a*', false],
    ['ab*', 'a*', false],
    ['abc', 'a*', false],
    ['/a.*/', 'abc', true],
    ['/a.*/', '/ab.*/', false],
    ['/a.*/', '/a.*/', true],
    ['"a*"', 'ab', false],
  ])('%s over %s: %s', (wide, narrow, expected) => {
    expect(covers(part(wide), part(narrow))).toBe(expected);
  });

  it('only where everything that matches one matches the other', () => {
    const glob = fc.stringMatching(/^[ab*]{1,6}$/u);
    fc.assert(
      fc.property(glob, glob, fc.stringMatching(/^[ab]{0,8}$/u), (wide, narrow, text) => {
        fc.pre(covers(part(wide), part(narrow)) && part(narrow).matches(text));
        expect(part(wide).matches(text)).toBe(true);
      }),
    );
  });

  it('is universal only when made of stars', () => {
    expect([
      isUniversal(part('*')),
      isUniversal(part('**')),
      isUniversal(part('*a')),
      isUniversal(part('"*"')),
    ]).toEqual([true, true, false, false]);
  });
});

describe('what is asked of a server instead of a pattern', () => {
  it.each([
    ['app', 'app'],
    ['tmp_*', String.raw`tmp\_%`],
    ['*', '%'],
    [String.raw`"a*%\"`, String.raw`a*\%\\`],
    ['/a|b/', '%'],
  ])('of %s is %s', (source, like) => {
    const compiled = compilePattern(source);
    expect(compiled.ok && likePattern(compiled.value)).toBe(like);
  });
});
