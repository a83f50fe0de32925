export default { displayName: 'client', testEnvironment: 'node', roots: ['<rootDir>'] };
