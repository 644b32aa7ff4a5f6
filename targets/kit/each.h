/* each.h: the one piece of preprocessor machinery of the kit: apply a macro to each of one to six
 * arguments. */
#ifndef LEDGE_KIT_EACH_H
#define LEDGE_KIT_EACH_H

/* clang-format off */

/* KIT_EACH(f, a, b, …) is f(0, a) f(1, b) … */
#define KIT_EACH(f, ...) \
    KIT_PICK(__VA_ARGS__, KIT_EACH_6, KIT_EACH_5, KIT_EACH_4, KIT_EACH_3, KIT_EACH_2, \
             KIT_EACH_1, 0)(f, __VA_ARGS__)

#define KIT_PICK(a, b, c, d, e, f, pick, ...) pick
#define KIT_EACH_1(f, a)                f(0, a)
#define KIT_EACH_2(f, a, b)             f(0, a) f(1, b)
#define KIT_EACH_3(f, a, b, c)          f(0, a) f(1, b) f(2, c)
#define KIT_EACH_4(f, a, b, c, d)       f(0, a) f(1, b) f(2, c) f(3, d)
#define KIT_EACH_5(f, a, b, c, d, e)    f(0, a) f(1, b) f(2, c) f(3, d) f(4, e)
#define KIT_EACH_6(f, a, b, c, d, e, g) f(0, a) f(1, b) f(2, c) f(3, d) f(4, e) f(5, g)

/* An argument type is a tuple (C type, name, kind, lo, hi, getter); these take it apart. */
#define KIT_DESCRIBE(i, tuple) KIT_DESCRIBE_ tuple,
#define KIT_DESCRIBE_(ctype, name, kind, lo, hi, get) { #name, #ctype, kind, lo, hi }

#define KIT_PARAM(i, tuple) , KIT_PARAM_ tuple
#define KIT_PARAM_(ctype, name, kind, lo, hi, get) ctype name

#define KIT_PASS(i, tuple) , KIT_GETTER_ tuple(&v[i])
#define KIT_GETTER_(ctype, name, kind, lo, hi, get) get

#endif
