import '@testing-library/jest-dom';
import { configure } from '@testing-library/react';

// What a test waits for may take its time on a busy machine; it passes as soon as it is there.
configure({ asyncUtilTimeout: 10_000 });
