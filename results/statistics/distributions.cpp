#include "results/statistics/distributions.h"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

namespace assay::results::statistics {

using boost::math::complement;
using boost::math::students_t;

double normal_quantile(double probability) {
  return boost::math::quantile(boost::math::normal(), probability);
}

double normal_upper_quantile(double probability) {
  return boost::math::quantile(complement(boost::math::normal(), probability));
}

double normal_probability(double value) {
  return boost::math::cdf(boost::math::normal(), value);
}

double student_quantile(double degrees_of_freedom, double probability) {
  return boost::math::quantile(students_t(degrees_of_freedom), probability);
}

double student_upper_probability(double degrees_of_freedom, double value) {
  return boost::math::cdf(complement(students_t(degrees_of_freedom), value));
}

double even_binomial_probability(double trials, double successes) {
  return boost::math::cdf(boost::math::binomial(trials, 0.5), successes);
}

}  // namespace assay::results::statistics
