import { testWorlds } from './worlds';

testWorlds(1);
