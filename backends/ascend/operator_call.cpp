#include "backends/ascend/operator_call.h"

#include <utility>

#include "backends/sdk/failure.h"

namespace assay::backends::ascend {

OperatorCall::OperatorCall(std::shared_ptr<const Session> session, std::string name, Plan plan)
    : session_(std::move(session)),
      name_(std::move(name)),
      plan_(std::move(plan)),
      launch_(runtime().operator_function<LaunchOperator>(name_)) {
  this->plan();
}

OperatorCall::~OperatorCall() {
  session_->enter_quietly();
  session_->acl().aclrtSynchronizeStream(session_->stream());
  if (repeatable_) session_->acl().aclDestroyAclOpExecutor(executor_);
}

void OperatorCall::plan() {
  std::uint64_t bytes = 0;
  const std::string first = name_ + "GetWorkspaceSize";
  const Status status = plan_(&bytes, &executor_);
  if (status == kRuntimeError) throw sdk::Failure(ASSAY_UNSUPPORTED, words(status, first));
  check(status, first);
  // This has to come at once, before any other call.
  repeatable_ = session_->acl().aclSetAclOpExecutorRepeatable(executor_) == 0;
  if (bytes > 0 && (!workspace_ || workspace_->bytes() < bytes)) {
    session_->wait();
    workspace_.emplace(session_, bytes);
  }
  workspace_bytes_ = bytes;
}

void OperatorCall::enqueue() {
  if (executor_ == nullptr) plan();
  void* const workspace = workspace_bytes_ > 0 ? workspace_->data() : nullptr;
  const Status status = launch_(workspace, workspace_bytes_, executor_, session_->stream());
  if (!repeatable_) executor_ = nullptr;
  check(status, name_);
}

sdk::Pairs OperatorCall::details() const {
  return {{"operator", name_},
          {"workspace.bytes", std::to_string(workspace_bytes_)},
          {"executor", repeatable_ ? "reused" : "planned for each launch"}};
}

std::string why_no_operator(const std::string& name) {
  const Runtime& all = runtime();
  if (all.operator_function<LaunchOperator>(name) != nullptr &&
      all.operator_function<LaunchOperator>(name + "GetWorkspaceSize") != nullptr) {
    return "";
  }
  return "this CANN has no " + name;
}

}  // namespace assay::backends::ascend
