import * as path from 'path';

/**
 * The bundled handler, built with the package and shipped in it. This file is as deep as the one file that the package
 * makes of the library.
 */
export const HANDLER_FOLDER = path.join(__dirname, '..', 'dist', 'handler');
