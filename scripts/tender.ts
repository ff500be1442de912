// npm run tender: the acceptance run of the numbered tender lines. Not built yet, and says so.
process.stderr.write('The tender run is not built yet. What exists is tested by npm test.\n');
process.exit(1);
