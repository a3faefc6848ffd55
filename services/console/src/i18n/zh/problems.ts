/** What went wrong and what to do next: by kind, and by code where more can be said. */
export const problems = {
  problem: {
    unreachable: { what: '服务没有响应。', remedy: '请检查网络，稍后重试。' },
    slow: { what: '服务响应太慢。', remedy: '请稍后重试。' },
    broken: {
      what: '服务出了问题。',
      remedy: '您的数据没有丢失。请稍后重试；仍不行请把时间和页面告诉运营方。',
    },
    signedOut: { what: '登录已失效。', remedy: '请重新登录，登录后回到本页。' },
    forbidden: { what: '当前账号无权查看。', remedy: '请换有权限的账号，或返回首页。' },
    notFound: { what: '没有您可以查看的内容。', remedy: '请核对地址，或返回首页从列表中选择。' },
    tooMany: { what: '一分钟内请求过多。', remedy: '请等一分钟再试。' },
    refused: { what: '服务没有接受。', remedy: '请按提示改正后重试。' },
    code: {
      CONSENT_REQUIRED: {
        what: '企业尚未授权查看这项数据。',
        remedy: '请该企业在“数据授权”中同意后再看；相对变化不需要授权。',
      },
      REASON_REQUIRED: { what: '这个操作必须写明理由。', remedy: '请填写至少四个字的理由。' },
      NOT_WAITING_FOR_THIS: { what: '流程目前不在等这一步。', remedy: '请刷新页面，看现在在等谁。' },
      SEPARATION_OF_DUTIES: { what: '办理人与审核人不能是同一人。', remedy: '请由另一位同事办理。' },
      ALREADY_CLOSED: { what: '该项目已经结束。', remedy: '如需继续，请由主管部门说明理由后重新打开。' },
      CONFLICT: { what: '与已有记录冲突。', remedy: '请刷新页面，核对后再提交。' },
      PRECONDITION_FAILED: { what: '您查看之后内容已有变化。', remedy: '请刷新页面，核对后再提交。' },
      FILE_NOT_TAKEN: { what: '这个文件不能接收。', remedy: '请上传 PDF 或图片，不超过 20 MB。' },
      PAYLOAD_TOO_LARGE: { what: '内容太大。', remedy: '请分几次提交。' },
      INVITATION_NOT_OPEN: { what: '这个邀请已不能使用。', remedy: '请邀请方重新发送。' },
      FINDING_NOT_OPEN: { what: '这条发现目前不能这样处理。', remedy: '请刷新页面，看它现在的状态。' },
      WORK_PAPER_STATE: { what: '底稿目前不能这样处理。', remedy: '请刷新页面，看底稿现在的状态。' },
      BASELINE_PENDING: { what: '基线还在计算。', remedy: '请稍后重试。' },
      SERVER_UNREACHABLE: { what: '后台服务暂时连不上。', remedy: '请稍后重试；已提交的不会丢失。' },
      PLATFORM_UNAVAILABLE: {
        what: '工业互联网平台暂时没有响应。',
        remedy: '系统会自动重试，也可以稍后再试。',
      },
    } as Readonly<Record<string, { readonly what: string; readonly remedy: string }>>,
  },
};
