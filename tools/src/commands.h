/* commands.h: the commands. Each takes the arguments from its own name on and returns the exit code
 * (fail.h). */
#ifndef LEDGE_TOOLS_COMMANDS_H
#define LEDGE_TOOLS_COMMANDS_H

int cmd_fuzz(int argc, char **argv);
int cmd_triage(int argc, char **argv);
int cmd_minimize(int argc, char **argv);
int cmd_curate(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_corpus(int argc, char **argv);
int cmd_cover(int argc, char **argv);
int cmd_targets(int argc, char **argv);
int cmd_bugs(int argc, char **argv);
int cmd_bench(int argc, char **argv);
int cmd_doctor(int argc, char **argv);

#endif
