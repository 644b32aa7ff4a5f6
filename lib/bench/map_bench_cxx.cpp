/* map_bench_cxx.cpp: the subjects that are written in C++. */
#include "map_bench.h"

#include <ledge/hash.h>

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

/* The hash function that ours comes with, and a seed for each map. */
struct our_hash {
    using is_avalanching = void;
    ledge_hash_seed seed = ledge_hash_seed_random(nullptr);
    std::size_t operator()(uint64_t key) const
    {
        return ledge_hash_u64(key, &seed);
    }
};

#ifdef HAVE_ABSL
using absl_map = absl::flat_hash_map<uint64_t, uint64_t>;
MAP_ROUND(absl, absl_map map, map[key] = i, STL_HIT, STL_SUM, map.erase(key), )
using absl_same_map = absl::flat_hash_map<uint64_t, uint64_t, our_hash>;
MAP_ROUND(absl_same, absl_same_map map, map[key] = i, STL_HIT, STL_SUM, map.erase(key), )
#endif
#ifdef HAVE_BOOST
using boost_map = boost::unordered_flat_map<uint64_t, uint64_t>;
MAP_ROUND(boost, boost_map map, map[key] = i, STL_HIT, STL_SUM, map.erase(key), )
using boost_same_map = boost::unordered_flat_map<uint64_t, uint64_t, our_hash>;
MAP_ROUND(boost_same, boost_same_map map, map[key] = i, STL_HIT, STL_SUM, map.erase(key), )
#endif
