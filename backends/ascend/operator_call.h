// One aclnn operator made ready: planned, with its workspace, to be launched any number of times.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "backends/ascend/session.h"
#include "backends/sdk/description.h"

namespace assay::backends::ascend {

class OperatorCall {
 public:
  /// Calls the operator's first phase, aclnnXxxGetWorkspaceSize, with its arguments.
  using Plan = std::function<Status(std::uint64_t* workspace, aclOpExecutor**)>;

  /// `name` as in "aclnnMm". The tensors that `plan` names must outlive this. Throws sdk::Failure:
  /// ASSAY_UNSUPPORTED where CANN refuses the arguments.
  OperatorCall(std::shared_ptr<const Session> session, std::string name, Plan plan);
  ~OperatorCall();
  OperatorCall(const OperatorCall&) = delete;
  OperatorCall& operator=(const OperatorCall&) = delete;

  void enqueue();
  sdk::Pairs details() const;

 private:
  void plan();

  std::shared_ptr<const Session> session_;
  std::string name_;
  Plan plan_;
  LaunchOperator* launch_ = nullptr;
  aclOpExecutor* executor_ = nullptr;
  /// Some operators cannot reuse an executor; theirs ends with its launch, and is planned anew.
  bool repeatable_ = false;
  std::uint64_t workspace_bytes_ = 0;
  std::optional<Memory> workspace_;
};

/// "" or that CANN lacks the operator.
std::string why_no_operator(const std::string& name);

}  // namespace assay::backends::ascend
