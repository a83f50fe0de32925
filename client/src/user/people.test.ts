import { lineOf, readPeople } from './people';

const ada = { email: 'ada@example.com', displayName: 'Ada Lovelace' };

it.each([
  ['ada@example.com, Ada Lovelace', [ada]],
  ['Ada Lovelace\tada@example.com', [ada]],
  ['Ada Lovelace <ada@example.com>', [ada]],
  ['"Ada Lovelace" <ada@example.com>; Bob <bob@example.com>', [ada, { email: 'bob@example.com', displayName: 'Bob' }]],
  ['grace.hopper@example.com', [{ email: 'grace.hopper@example.com', displayName: 'Grace Hopper' }]],
  ['Ada Lovelace <ada@example.com>, bob@example.com', [ada, { email: 'bob@example.com', displayName: 'Bob' }]],
  ['bob@example.com Ada Lovelace <ada@example.com>', [{ email: 'bob@example.com', displayName: 'Bob' }, ada]],
  ['"Lovelace, Ada" <ada@example.com>, Bob <bob@example.com>', [
    { ...ada, displayName: 'Lovelace, Ada' }, { email: 'bob@example.com', displayName: 'Bob' },
  ]],
  ['a@x.test; b@x.test', [{ email: 'a@x.test', displayName: 'A' }, { email: 'b@x.test', displayName: 'B' }]],
  ['a@x.test b@x.test', [{ email: 'a@x.test', displayName: 'A' }, { email: 'b@x.test', displayName: 'B' }]],
  ['<kim@example.com>', [{ email: 'kim@example.com', displayName: 'Kim' }]],
])('reads %j', (text, people) => expect(readPeople(text)).toEqual({ people, unread: [] }));

it('takes everybody once and says what it could not read', () => {
  expect(readPeople('ada@example.com\n\nADA@example.com\r\nno address here')).toEqual({
    people: [{ email: 'ada@example.com', displayName: 'Ada' }], unread: ['no address here'],
  });
});

it('writes people so that they are read again', () => {
  const people = [ada, { email: 'j@x.test', displayName: 'Doe, John; <the> first' }];
  expect(readPeople(people.map(lineOf).join('\n')).people).toEqual(people);
});

it.each([' ', '<', 'a', '@', 'a@', '<a@', '"', ',', '.', '<a@b> '])('reads %j 20,000 times over in no time', (piece) => {
  const began = performance.now();
  readPeople(`x${piece.repeat(20_000)}x`);
  expect(performance.now() - began).toBeLessThan(1_000);
});
