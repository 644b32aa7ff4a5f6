/* map_bench_cxx.cpp: the subjects that are written in C++. */
#include "map_bench.h"

#ifdef HAVE_ABSL
#include <absl/container/flat_hash_map.h>
#endif
#ifdef HAVE_BOOST
#include <boost/unordered/unordered_flat_map.hpp>
#endif

#define STL_HIT                                                                                    \
    {                                                                                              \
        auto it = map.find(key);                                                                   \
        if (it != map.end())                                                                       \
            sum += it->second;                                                                     \
    }
#define STL_SUM                                                                                    \
    for (const auto &entry : map)                                                                  \
        sum += entry.second;

#ifdef HAVE_ABSL
using absl_map = absl::flat_hash_map<uint64_t, uint64_t>;
MAP_ROUND(absl, absl_map map, map[key] = i, STL_HIT, STL_SUM, map.erase(key), )
#endif
#ifdef HAVE_BOOST
using boost_map = boost::unordered_flat_map<uint64_t, uint64_t>;
MAP_ROUND(boost, boost_map map, map[key] = i, STL_HIT, STL_SUM, map.erase(key), )
#endif
