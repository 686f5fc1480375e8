package dev.situ.memory;

/// Which pages of the machine a [Region] is made of.
public enum HugePages {
    /// Pages of the machine's ordinary size, 4 KiB on x86-64.
    NONE,
    /// Ordinary pages that the kernel may merge to huge ones as it likes (`madvise(MADV_HUGEPAGE)`). Always
    /// works.
    TRANSPARENT,
    /// 2 MiB pages that the administrator set aside (`vm.nr_hugepages`, `MAP_HUGETLB`). Fails where there are
    /// none.
    RESERVED
}
