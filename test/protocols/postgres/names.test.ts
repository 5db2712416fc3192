import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ResultMask, UNMASKED } from '../../../src/core/mask.ts';
import { Names } from '../../../src/protocols/postgres/names.ts';
import type { Portal, Prepared } from '../../../src/protocols/postgres/prepared.ts';

const prepared = (text: string): Prepared => ({ text, types: [], number: 1, columns: null, approval: null });
const portal = (of: Prepared, ...resultFormats: readonly number[]): Portal => ({
  prepared: of,
  resultFormats,
  results: [],
  approval: null,
});

describe('what names hold', () => {
  it('is counted for as long as it is kept', () => {
    const names = new Names();
    names.prepare('a', prepared('12345'));
    expect(names.bytes).toBe(6);
    names.prepare('a', { ...prepared('1'), types: [23, 25] });
    expect(names.bytes).toBe(2 + 16);
    names.prepare('name', prepared('12'));
    expect(names.bytes).toBe(18 + 6);
    names.close('statement', 'a');
    names.close('statement', 'never there');
    names.close('portal', 'never there');
    expect([names.bytes, names.size]).toEqual([6, 1]);
    names.deallocate(null);
    expect([names.bytes, names.size]).toEqual([0, 0]);
  });

  it('is a statement’s text also where only portals are left that run it, once for all of them', () => {
    const names = new Names();
    const statement = prepared('12345');
    names.prepare('a', statement);
    names.bind('p', portal(statement));
    names.bind('q', portal(statement, 0, 1));
    expect(names.bytes).toBe(6 + 1 + 17);
    names.close('statement', 'a');
    expect(names.bytes).toBe(5 + 1 + 17);
    names.close('portal', 'q');
    expect(names.bytes).toBe(5 + 1);
    names.endTransaction();
    expect([names.bytes, names.size]).toEqual([0, 0]);
  });

  it('has a name: what has none is soon replaced, unless a portal that has one runs it', () => {
    const names = new Names();
    const statement = prepared('12345');
    names.prepare('', statement);
    names.bind('', portal(statement));
    expect(names.bytes).toBe(0);
    names.bind('p', portal(statement));
    expect(names.bytes).toBe(6);
  });

  it('is never counted twice, nor forgotten, whatever is done to it', () => {
    const statements = ['1', '22', '333'].map(prepared);
    const [texts, portals] = [new Map<string, Prepared>(), new Map<string, Prepared>()];
    let names = new Names();
    const steps = {
      prepare: (name: string, statement: Prepared) => {
        names.prepare(name, statement);
        texts.set(name, statement);
      },
      bind: (name: string, statement: Prepared) => {
        names.bind(name, portal(statement));
        portals.set(name, statement);
      },
      closeStatement: (name: string) => {
        names.close('statement', name);
        texts.delete(name);
      },
      closePortal: (name: string) => {
        names.close('portal', name);
        portals.delete(name);
      },
      end: () => {
        names.endTransaction();
        portals.clear();
      },
    };
    const step = fc.tuple(
      fc.constantFrom(...Object.values(steps)),
      fc.constantFrom('', 'a', 'b'),
      fc.constantFrom(...statements),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (taken) => {
        names = new Names();
        texts.clear();
        portals.clear();
        for (const [take, name, statement] of taken) take(name, statement);
        const named = [...texts, ...portals].filter(([name]) => name !== '');
        const held = new Set(named.map(([, statement]) => statement));
        const sum = [...held].reduce((bytes, { text }) => bytes + text.length, named.length);
        expect(names.bytes).toBe(sum);
      }),
    );
  });
});

describe('a name that portals and cursors share', () => {
  const masked: ResultMask = {
    ...UNMASKED,
    disclosure: { exposures: [{ kind: 'withheld' }], names: [null], copy: null },
  };
  const [clear, held] = [
    { result: UNMASKED, hold: false },
    { result: UNMASKED, hold: true },
  ];
  const bound = (result: ResultMask): Portal => ({ ...portal(prepared('1')), results: [result] });

  it('stands for what was made last', () => {
    const names = new Names();
    names.bind('c', bound(UNMASKED));
    names.declare('c', { result: masked, hold: false });
    expect([names.fetched('c'), names.portal('c', [])]).toEqual([masked, null]);
    names.bind('c', bound(UNMASKED));
    expect(names.fetched('c')).toBe(UNMASKED);
    names.close('portal', 'c');
    expect(names.fetched('c')).toBeNull();
  });

  it('stands for nothing once SQL has closed it', () => {
    const names = new Names();
    for (const name of ['c', null]) {
      names.bind('c', bound(UNMASKED));
      names.closeCursor(name);
      expect([names.fetched('c'), names.portal('c', [])]).toEqual([null, null]);
      names.declare('c', clear);
      names.closeCursor(name);
      expect(names.fetched('c')).toBeNull();
    }
    expect([names.bytes, names.size]).toEqual([0, 0]);
  });

  it('outlives a transaction only where it is a cursor WITH HOLD', () => {
    const names = new Names();
    names.declare('c', clear);
    names.declare('h', held);
    names.endTransaction();
    expect([names.fetched('c'), names.fetched('h')]).toEqual([null, UNMASKED]);
  });
});
