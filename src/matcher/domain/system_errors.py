"""What the operating system refuses, in Chinese and in English."""

import errno

from matcher.domain.labels import Words

_CHINESE = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "不允许这样做",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "已经存在",
    errno.ENOTEMPTY: "文件夹不是空的",
    errno.ENAMETOOLONG: "名称太长",
    errno.ELOOP: "链接绕成了圈",
    errno.EINVAL: "系统不接受这个值",
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "超出磁盘配额",
    errno.EFBIG: "文件太大",
    errno.EROFS: "磁盘是只读的",
    errno.EIO: "磁盘读写出错",
    errno.EBUSY: "正被占用",
    errno.ETXTBSY: "正被占用",
    errno.EMFILE: "打开的文件太多",
    errno.ENFILE: "打开的文件太多",
    errno.ENOMEM: "内存不足",
    errno.EADDRINUSE: "该端口已被占用",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
    errno.ECONNREFUSED: "连接被拒绝",
    errno.ECONNRESET: "连接被对方断开",
    errno.ECONNABORTED: "连接中断",
    errno.EPIPE: "连接已断开",
    errno.ETIMEDOUT: "超时没有应答",
    errno.EHOSTUNREACH: "无法到达该主机",
    errno.ENETUNREACH: "网络不通",
}
"""Error number → what it says, without a full stop."""


def system_words(error: OSError) -> Words:
    """What a system call failed for, without a full stop; what is not known goes by its number.

    Not for errors of TLS, whose numbers are OpenSSL's.
    """
    if error.errno is None:
        return ("超时没有应答" if isinstance(error, TimeoutError) else "系统出错", str(error) or "failed")
    return _CHINESE.get(error.errno, f"系统错误 {error.errno}"), error.strerror or f"error {error.errno}"
