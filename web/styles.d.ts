/** A style sheet that a module brings along: the bundler makes a file of it that is loaded with the module. */
declare module '*.css';
