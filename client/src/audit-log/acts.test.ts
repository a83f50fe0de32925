import events from '../../../schema/events.json';
import en from '../i18n/en/messages.json';
import { acts } from './acts';

it('names every event type of the catalogue, in words too', () => {
  expect([...acts]).toEqual(Object.keys(events).sort());
  acts.forEach((act) => expect(en).toHaveProperty([`act.${act}`]));
});
