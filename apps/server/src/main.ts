// The program: becomes the server, with the configuration of the environment. Importing it is starting it
// (`npm start`); the operator's command line is cli/main.ts.
import './file-threads.ts';
import { serve } from './run-server.ts';

await serve();
