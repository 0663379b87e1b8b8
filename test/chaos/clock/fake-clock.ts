// libfaketime: the wall clock of a process, which can be made to jump while it runs.
export const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1'
