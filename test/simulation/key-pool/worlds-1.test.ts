import { testWorlds } from './worlds';

testWorlds(0);
