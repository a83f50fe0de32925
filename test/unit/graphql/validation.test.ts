import { IsEmail, Length, Min, ValidateNested } from 'class-validator';
import { invalidFields } from '../../../src/graphql/validation';

class Address {
  @Length(2, 5)
  city?: string | null;
}
class Person {
  @IsEmail()
  email?: string;
  @Min(1)
  age?: number | null;
  @ValidateNested()
  address?: Address;
}
const person = (fields: object) => Object.assign(new Person(), fields);
const address = (fields: object) => Object.assign(new Address(), fields);

test('a valid input has no fault; null and omitted fields are the schema\'s business', async () => {
  expect(await invalidFields(person({ email: 'a@example.org', age: null, address: address({ city: null }) }), 'input')).toEqual([]);
});

test('every broken constraint is told with its rule and its path, and no value', async () => {
  const refusals = await invalidFields(person({ email: 'hunter2-not-an-address', age: 0, address: address({ city: 'x' }) }), 'input');
  expect(refusals).toEqual([
    { code: 'V1001', rule: 'is_email', message: 'Email must be an email.', path: ['input', 'email'] },
    { code: 'V1001', rule: 'min', message: 'Age must not be less than 1.', path: ['input', 'age'] },
    { code: 'V1001', rule: 'is_length', message: 'City must be longer than or equal to 2 characters.', path: ['input', 'address', 'city'] },
  ]);
  expect(JSON.stringify(refusals)).not.toContain('hunter2');
});

test('JSON has no rules of a class, however it is spelled', async () => {
  const literal = Object.assign(Object.create(null), { prompt: 'x' });
  for (const json of [literal, { constructor: 1 }, { constructor: null }, ['x']]) expect(await invalidFields(json, 'parameters')).toEqual([]);
});
