import { expect, it } from 'vitest';
import { otherNames } from '../../src/policy/loopback.ts';

it.each(['localhost:80', 'x.localhost:80', '127.9.8.7:80', '[::1]:80', '[::]:80', '0.0.0.0:80'])(
  'calls %s by the other names of the machine itself',
  (place) => {
    expect(otherNames(place)).toEqual(['localhost:80', '127.0.0.1:80', '[::1]:80']);
  },
);

it.each([
  'db:80',
  '10.127.0.1:80',
  '127.example.com:80',
  'localhost.example.com:80',
  'unix:/run/x',
  'local',
  '[::2]:80',
])('knows no other name of %s', (place) => {
  expect(otherNames(place)).toEqual([]);
});
